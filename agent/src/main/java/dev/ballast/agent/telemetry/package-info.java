/** Load at 1 Hz from kernel files, and the detection of spikes in it. */
@NullMarked
package dev.ballast.agent.telemetry;

import org.jspecify.annotations.NullMarked;
