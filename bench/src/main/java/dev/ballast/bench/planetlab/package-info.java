/** Recorded demand of real VMs, and the fleet simulation that runs on it. */
@NullMarked
package dev.ballast.bench.planetlab;

import org.jspecify.annotations.NullMarked;
