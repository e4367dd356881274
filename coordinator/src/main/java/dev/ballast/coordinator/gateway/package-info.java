/** The agents' streams, and the server that they and operators connect to. */
@NullMarked
package dev.ballast.coordinator.gateway;

import org.jspecify.annotations.NullMarked;
