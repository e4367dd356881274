package dev.ballast.agent.executor;

import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.machine.MachineWriter;
import dev.ballast.agent.host.ovs.OvsdbWriter;

/** The right to change this host. Whoever does not hold one cannot; a dry run never does. */
public record HostWriter(
    LibvirtWriter libvirt, KernelWriter kernel, OvsdbWriter ovs, MachineWriter machine) {
  /** The right to change a host without Open vSwitch. */
  public HostWriter(LibvirtWriter libvirt, KernelWriter kernel, MachineWriter machine) {
    this(libvirt, kernel, OvsdbWriter.none(), machine);
  }
}
