/** Commands from fence to outbox, and what is left of them after a restart. */
@NullMarked
package dev.ballast.agent.command;

import org.jspecify.annotations.NullMarked;
