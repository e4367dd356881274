/** The closed set of typed changes on one host, their expectations and outcomes. */
@NullMarked
package dev.ballast.core.action;

import org.jspecify.annotations.NullMarked;
