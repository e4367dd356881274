/** What ends a hot spot. */
@NullMarked
package dev.ballast.core.balance;

import org.jspecify.annotations.NullMarked;
