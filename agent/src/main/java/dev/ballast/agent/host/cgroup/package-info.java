/** Control groups, version 1, 2 and mixed: where they are mounted, where a thread is, its files. */
@NullMarked
package dev.ballast.agent.host.cgroup;

import org.jspecify.annotations.NullMarked;
