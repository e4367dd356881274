@NullMarked
package dev.ballast.metrics;

import org.jspecify.annotations.NullMarked;
