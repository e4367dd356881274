/**
 * The contract seen from Java: codecs between core's records and the generated messages, TLS
 * contexts, the identity of a peer, and the negotiation of the contract's version.
 */
@NullMarked
package dev.ballast.wire;

import org.jspecify.annotations.NullMarked;
