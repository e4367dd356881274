/** Definitions of domains as libvirt's XML says them: read, compared, changed and written. */
@NullMarked
package dev.ballast.core.definition;

import org.jspecify.annotations.NullMarked;
