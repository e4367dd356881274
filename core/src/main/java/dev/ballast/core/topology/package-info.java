/** What a host is made of: CPUs, cores, packages, caches, NUMA nodes. */
@NullMarked
package dev.ballast.core.topology;

import org.jspecify.annotations.NullMarked;
