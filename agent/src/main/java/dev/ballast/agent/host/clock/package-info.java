/** Time as the agent sees it, replaceable in tests. */
@NullMarked
package dev.ballast.agent.host.clock;

import org.jspecify.annotations.NullMarked;
