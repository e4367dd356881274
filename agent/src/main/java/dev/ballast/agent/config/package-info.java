/** The agent's configuration file. */
@NullMarked
package dev.ballast.agent.config;

import org.jspecify.annotations.NullMarked;
