/** The embedded database: one narrow class per aggregate, every write fenced by the term. */
@NullMarked
package dev.ballast.coordinator.store;

import org.jspecify.annotations.NullMarked;
