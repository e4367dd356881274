/** The operators' gRPC interface; errors become status codes in one place. */
@NullMarked
package dev.ballast.coordinator.api;

import org.jspecify.annotations.NullMarked;
