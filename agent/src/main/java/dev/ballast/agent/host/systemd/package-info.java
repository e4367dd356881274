/** What systemd is told about the daemon. */
@NullMarked
package dev.ballast.agent.host.systemd;

import org.jspecify.annotations.NullMarked;
