/** The daemon on each hypervisor and its command line. */
@NullMarked
package dev.ballast.agent;

import org.jspecify.annotations.NullMarked;
