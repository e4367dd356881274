/**
 * Which VMs a whole fleet of hosts moves, decision by decision: packing by mean and spread of
 * demand, relief of overload, emptying of hosts. Arrays in, moves out; no I/O, no clock.
 */
@NullMarked
package dev.ballast.core.balance.fleet;

import org.jspecify.annotations.NullMarked;
