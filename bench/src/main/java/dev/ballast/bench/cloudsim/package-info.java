/**
 * The standard PlanetLab experiment as CloudSim 3.0.3 runs it, written anew from its published
 * behaviour, so that its policies can be measured on days for which nobody printed figures.
 */
@NullMarked
package dev.ballast.bench.cloudsim;

import org.jspecify.annotations.NullMarked;
