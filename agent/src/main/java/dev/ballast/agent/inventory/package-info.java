/** What the host is: topology, processor, memory, cgroups, software, live pins. */
@NullMarked
package dev.ballast.agent.inventory;

import org.jspecify.annotations.NullMarked;
