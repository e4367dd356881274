/** One class per action: what it finds, when it is legal, what it does, how it is undone. */
@NullMarked
package dev.ballast.agent.executor;

import org.jspecify.annotations.NullMarked;
