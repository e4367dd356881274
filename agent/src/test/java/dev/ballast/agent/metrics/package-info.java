@NullMarked
package dev.ballast.agent.metrics;

import org.jspecify.annotations.NullMarked;
