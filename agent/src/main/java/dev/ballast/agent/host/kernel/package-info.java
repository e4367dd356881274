/** The kernel's files under a root path: bounded reads, and a writer that must be asked for. */
@NullMarked
package dev.ballast.agent.host.kernel;

import org.jspecify.annotations.NullMarked;
