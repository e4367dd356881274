package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.QemuProcesses;
import dev.ballast.core.model.VmName;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The counters of all running VMs. Threads are looked for every {@link #DISCOVERY_SAMPLES} samples
 * and when libvirt adds or removes a process; in between only counter files are read again.
 */
final class VmCollector implements AutoCloseable {
  /** Samples between two looks for new threads (vCPU hotplug). */
  static final int DISCOVERY_SAMPLES = 10;

  /** More VMs than this are not sampled: each holds some files open. */
  static final int VM_LIMIT = 1024;

  private static final int BUFFER_BYTES = 8 * 1024;

  private final KernelFiles files;
  private final CgroupMounts mounts;
  private final QemuProcesses processes;
  private final SortedMap<VmName, VmFiles> open = new TreeMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private Map<VmName, Long> known = Map.of();
  private Optional<FileTime> lastModified = Optional.empty();
  private int samples;

  VmCollector(KernelFiles files, CgroupMounts mounts) {
    this.files = files;
    this.mounts = mounts;
    this.processes = new QemuProcesses(files);
  }

  List<VmCounters> collect() {
    Optional<FileTime> modified = files.modified(QemuProcesses.DIRECTORY);
    if (samples++ % DISCOVERY_SAMPLES == 0 || !modified.equals(lastModified)) {
      lastModified = modified;
      discover(processes.pids());
    } else if (open.size() < Math.min(known.size(), VM_LIMIT)) {
      known.forEach(this::openMissing);
    }
    List<VmCounters> counters = new ArrayList<>(open.size());
    open.values()
        .removeIf(
            vm -> {
              Optional<VmCounters> read = vm.read(buffer);
              read.ifPresentOrElse(counters::add, vm::close);
              return read.isEmpty();
            });
    return counters;
  }

  private void discover(Map<VmName, Long> pids) {
    known = pids;
    open.entrySet()
        .removeIf(
            entry -> {
              boolean gone = !pids.containsKey(entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
    pids.forEach(this::openVm);
  }

  /** A QEMU that was starting, or whose threads changed. */
  private void openMissing(VmName vm, long pid) {
    if (!open.containsKey(vm)) {
      openVm(vm, pid);
    }
  }

  private void openVm(VmName vm, long pid) {
    List<Long> tids = List.copyOf(processes.vcpuThreads(pid).values());
    VmFiles current = open.get(vm);
    if (current != null && current.belongsTo(files, mounts, pid, tids)) {
      return;
    }
    if (current != null) {
      current.close();
      open.remove(vm);
    }
    // A QEMU that is starting has no vCPU threads yet: looked for again at the next sample.
    if (!tids.isEmpty() && open.size() < VM_LIMIT) {
      open.put(vm, new VmFiles(files, mounts, vm, pid, tids));
    }
  }

  @Override
  public void close() {
    open.values().forEach(VmFiles::close);
    open.clear();
  }
}
