/** Keeps the picture of what actions can change on this host, and tells when it changes. */
@NullMarked
package dev.ballast.agent.observation;

import org.jspecify.annotations.NullMarked;
