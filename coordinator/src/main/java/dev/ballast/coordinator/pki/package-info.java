/** The cluster's own certificate authority, and the files that a new cluster begins with. */
@NullMarked
package dev.ballast.coordinator.pki;

import org.jspecify.annotations.NullMarked;
