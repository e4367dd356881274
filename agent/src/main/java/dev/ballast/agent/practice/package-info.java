/** Gathers what rules of good practice need, and applies them without a coordinator. */
@NullMarked
package dev.ballast.agent.practice;

import org.jspecify.annotations.NullMarked;
