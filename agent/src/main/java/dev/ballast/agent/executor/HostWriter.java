package dev.ballast.agent.executor;

import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.libvirt.LibvirtWriter;

/** The right to change this host. Whoever does not hold one cannot; a dry run never does. */
public record HostWriter(LibvirtWriter libvirt, KernelWriter kernel) {}
