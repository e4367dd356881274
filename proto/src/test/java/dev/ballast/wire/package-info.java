/** Tests of the codecs, of TLS between real ends, and of the contract's stability. */
@NullMarked
package dev.ballast.wire;

import org.jspecify.annotations.NullMarked;
