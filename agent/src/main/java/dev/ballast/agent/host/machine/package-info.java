/** Things of the machine that actions set, besides KSM and switches: read, and written. */
@NullMarked
package dev.ballast.agent.host.machine;

import org.jspecify.annotations.NullMarked;
