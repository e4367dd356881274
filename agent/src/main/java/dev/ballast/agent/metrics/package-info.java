/** What Prometheus may know of the agent. */
@NullMarked
package dev.ballast.agent.metrics;

import org.jspecify.annotations.NullMarked;
