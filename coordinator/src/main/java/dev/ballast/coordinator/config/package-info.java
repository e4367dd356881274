/** The coordinator's configuration file. */
@NullMarked
package dev.ballast.coordinator.config;

import org.jspecify.annotations.NullMarked;
