/**
 * One compact problem (items, bins, resources, groups, costs) and one incremental search on it.
 * What is to be placed, rebalanced or pinned is lowered to it.
 */
@NullMarked
package dev.ballast.core.search;

import org.jspecify.annotations.NullMarked;
