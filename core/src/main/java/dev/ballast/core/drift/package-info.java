/** Where observation differs from assignment and specification. */
@NullMarked
package dev.ballast.core.drift;

import org.jspecify.annotations.NullMarked;
