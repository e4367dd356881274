/**
 * What a VM wants, as against what it got: corrected for what it waited for, as percentiles of a
 * decaying histogram, as level and spread, as a short forecast.
 */
@NullMarked
package dev.ballast.core.demand;

import org.jspecify.annotations.NullMarked;
