/**
 * A fleet of hosts that runs recorded demand on a virtual clock: power, overload, migrations and
 * what they cost. Pure: traces come in as values, figures go out.
 */
@NullMarked
package dev.ballast.core.simulation;

import org.jspecify.annotations.NullMarked;
