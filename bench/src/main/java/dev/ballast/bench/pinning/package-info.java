/** Pinning inside one large host. */
@NullMarked
package dev.ballast.bench.pinning;

import org.jspecify.annotations.NullMarked;
