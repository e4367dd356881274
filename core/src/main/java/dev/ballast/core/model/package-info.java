/** What people want (specification), what Ballast chose (assignment), what is there (observed). */
@NullMarked
package dev.ballast.core.model;

import org.jspecify.annotations.NullMarked;
