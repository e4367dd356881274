/** Byte frames that survive a crash, and the directory that holds them. */
@NullMarked
package dev.ballast.agent.journal;

import org.jspecify.annotations.NullMarked;
