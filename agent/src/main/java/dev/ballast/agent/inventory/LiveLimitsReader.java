package dev.ballast.agent.inventory;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.QemuProcesses;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/** Reads the limits of running domains from their control groups, not from libvirt's XML. */
public final class LiveLimitsReader {
  private static final String BLOCK_DEVICES = "/sys/block";
  private static final int SCHEDULER_LIMIT_BYTES = 1_024;

  private final KernelFiles files;
  private final QemuProcesses processes;
  private final CgroupMounts mounts;

  public LiveLimitsReader(KernelFiles files) {
    this.files = files;
    this.processes = new QemuProcesses(files);
    this.mounts = CgroupMounts.read(files);
  }

  /** The limits; absent when the domain does not run or its groups cannot be found. */
  public Optional<GroupLimits> read(VmName vm) {
    return processes
        .pid(vm)
        .flatMap(
            pid ->
                GroupLimits.read(
                    files,
                    mounts,
                    pid,
                    processes.vcpuThreads(pid).values(),
                    processes.iothreads(pid).values()));
  }

  /** Whether a block device of the host is scheduled by BFQ, which alone keeps blkio weights. */
  public boolean keepsBlkioWeights() {
    return files.list(BLOCK_DEVICES).stream()
        .anyMatch(
            device ->
                files
                    .read(BLOCK_DEVICES + "/" + device + "/queue/scheduler", SCHEDULER_LIMIT_BYTES)
                    .orElse("")
                    .contains("[bfq]"));
  }

  /** What the domain's memory takes of the host. */
  public Optional<Long> memoryUseBytes(VmName vm) {
    return processes.pid(vm).flatMap(pid -> GroupLimits.memoryUseBytes(files, mounts, pid));
  }

  public int cgroupVersion() {
    return mounts.version();
  }
}
