/** The stream to the coordinator; the only place that knows the contract's generated types. */
@NullMarked
package dev.ballast.agent.stream;

import org.jspecify.annotations.NullMarked;
