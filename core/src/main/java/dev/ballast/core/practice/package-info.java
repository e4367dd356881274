/** Rules of good practice: what stands against a host or a VM, why, and what mends it. */
@NullMarked
package dev.ballast.core.practice;

import org.jspecify.annotations.NullMarked;
