/** Specification and assignment to libvirt's domain XML, the same bytes for the same input. */
@NullMarked
package dev.ballast.core.render;

import org.jspecify.annotations.NullMarked;
