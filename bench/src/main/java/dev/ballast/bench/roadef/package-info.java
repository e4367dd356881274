/** The machine reassignment problem of the ROADEF/EURO challenge 2012. */
@NullMarked
package dev.ballast.bench.roadef;

import org.jspecify.annotations.NullMarked;
