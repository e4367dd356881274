package dev.ballast.agent.executor;

import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.machine.MachineWriter;
import dev.ballast.agent.host.ovs.OvsdbWriter;
import dev.ballast.agent.host.storage.StorageWriter;

/** The right to change this host. Whoever does not hold one cannot; a dry run never does. */
public record HostWriter(
    LibvirtWriter libvirt,
    KernelWriter kernel,
    OvsdbWriter ovs,
    MachineWriter machine,
    StorageWriter storage) {
  /** The right to change a host without Open vSwitch. */
  public HostWriter(
      LibvirtWriter libvirt, KernelWriter kernel, MachineWriter machine, StorageWriter storage) {
    this(libvirt, kernel, OvsdbWriter.none(), machine, storage);
  }
}
