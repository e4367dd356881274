package dev.ballast.agent.host.libvirt;

import dev.ballast.core.topology.CpuSet;

/**
 * The writing calls of libvirt: the right to change domains. Dry-run code is never handed one. Each
 * ends within the configured time; a migration only begins within it.
 */
public interface LibvirtWriter {
  void defineXml(String xml) throws LibvirtFault;

  /** Removes the persistent configuration; a file of NVRAM stays. */
  void undefine(String name) throws LibvirtFault;

  void setAutostart(String name, boolean autostart) throws LibvirtFault;

  /** Puts an element of our own into the persistent configuration's metadata. */
  void setMetadata(String name, String element, String prefix, String namespace)
      throws LibvirtFault;

  void create(String name) throws LibvirtFault;

  void shutdown(String name) throws LibvirtFault;

  void destroy(String name) throws LibvirtFault;

  void pinVcpu(String name, int vcpu, CpuSet cpus, PinScope scope) throws LibvirtFault;

  void pinEmulator(String name, CpuSet cpus, PinScope scope) throws LibvirtFault;

  void pinIothread(String name, int iothread, CpuSet cpus, PinScope scope) throws LibvirtFault;

  /**
   * Sets the NUMA nodes of the domain's memory.
   *
   * @param mode libvirt's word; empty leaves it as it is
   * @param nodes numbers of nodes
   */
  void setNumaNodes(String name, String mode, CpuSet nodes, PinScope scope) throws LibvirtFault;

  /** Sets the running guest's clock to this host's, through the guest agent. */
  void setGuestTime(String name) throws LibvirtFault;

  /**
   * Tells the running guest and its QEMU that a disk is larger.
   *
   * @param path of the disk's file
   */
  void resizeDisk(String name, String path, long bytes) throws LibvirtFault;

  /** Begins an internal snapshot of all disks, with the memory of a running guest. */
  RunningCall takeSnapshot(String name, String snapshot) throws LibvirtFault;

  /** Begins to bring the domain back to one of its internal snapshots. */
  RunningCall revertSnapshot(String name, String snapshot) throws LibvirtFault;

  /** Begins to delete a snapshot. */
  RunningCall deleteSnapshot(String name, String snapshot) throws LibvirtFault;

  /** Lets the guest go on on the target at once, the rest of its memory to follow. */
  void startPostCopy(String name) throws LibvirtFault;

  /** Begins a migration; libvirt works on it whether or not this process lives. */
  RunningMigration migrate(MigrationRequest request) throws LibvirtFault;

  /** How long the guest of a running migration may stand still at its end. */
  void setMigrationDowntime(String name, long downtimeMillis) throws LibvirtFault;

  /** Ends the job that libvirt works on for the domain; a migrating guest stays here, running. */
  void abortJob(String name) throws LibvirtFault;

  /** Sets CPU shares and quotas, in the order of the parameters. */
  void setScheduler(String name, TypedParameters parameters, PinScope scope) throws LibvirtFault;

  /** Sets the memory limits of the parameters. */
  void setMemoryLimits(String name, TypedParameters parameters, PinScope scope) throws LibvirtFault;

  /** Sets the weight of the domain among those who use the host's disks. */
  void setBlkio(String name, TypedParameters parameters, PinScope scope) throws LibvirtFault;

  /** Sets what the balloon is to leave to the guest. */
  void setMemory(String name, long bytes, PinScope scope) throws LibvirtFault;

  /** Sets what the disk may do each second; a group of limits is set as a whole. */
  void setBlockIoTune(String name, String disk, TypedParameters parameters, PinScope scope)
      throws LibvirtFault;

  /**
   * Sets the rates of a NIC.
   *
   * @param device its MAC address
   */
  void setInterface(String name, String device, TypedParameters parameters, PinScope scope)
      throws LibvirtFault;
}
