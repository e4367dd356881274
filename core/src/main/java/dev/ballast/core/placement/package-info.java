/** Where a VM may and should go: host, NUMA node, CPUs; and why not elsewhere. */
@NullMarked
package dev.ballast.core.placement;

import org.jspecify.annotations.NullMarked;
