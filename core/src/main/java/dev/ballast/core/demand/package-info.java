/** What a VM wants, as against what it got. */
@NullMarked
package dev.ballast.core.demand;

import org.jspecify.annotations.NullMarked;
