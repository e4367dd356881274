/** The packaged programs against real libvirt, QEMU, KSM and cgroups. */
@NullMarked
package dev.ballast.it;

import org.jspecify.annotations.NullMarked;
