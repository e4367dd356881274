/** What waits to be sent to the coordinator; bounded. */
@NullMarked
package dev.ballast.agent.outbox;

import org.jspecify.annotations.NullMarked;
