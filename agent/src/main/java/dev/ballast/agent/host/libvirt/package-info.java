/** The calls of libvirt that the agent uses, each bounded in time; no decisions. */
@NullMarked
package dev.ballast.agent.host.libvirt;

import org.jspecify.annotations.NullMarked;
