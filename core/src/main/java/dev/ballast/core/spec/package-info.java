/** YAML to specification, every fault with file, line and column; and back. */
@NullMarked
package dev.ballast.core.spec;

import org.jspecify.annotations.NullMarked;
