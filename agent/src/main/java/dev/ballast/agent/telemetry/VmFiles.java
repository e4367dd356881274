package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.CpuAccounting;
import dev.ballast.agent.host.cgroup.CpuGroup;
import dev.ballast.agent.host.cgroup.DomainGroups;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.Numbers;
import dev.ballast.agent.host.kernel.OpenFile;
import dev.ballast.agent.host.kernel.QemuProcesses;
import dev.ballast.core.model.VmName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The open counter files of one running VM.
 *
 * <p>Its own control groups are those of its threads up to the one that libvirt made for the
 * domain. Only their quotas are the VM's own limit; a group above them is the host's.
 */
final class VmFiles implements AutoCloseable {
  private record ThreadFiles(long tid, OpenFile schedstat, Optional<OpenFile> throttle) {}

  private final VmName vm;
  private final long pid;
  private final List<Long> tids;
  private final List<List<String>> groups = new ArrayList<>();
  private final List<ThreadFiles> vcpus = new ArrayList<>();
  private final Optional<OpenFile> mainThread;
  private final List<OpenFile> throttles = new ArrayList<>();
  private Optional<OpenFile> usage = Optional.empty();

  VmFiles(KernelFiles files, CgroupMounts mounts, VmName vm, long pid, List<Long> tids) {
    this.vm = vm;
    this.pid = pid;
    this.tids = List.copyOf(tids);
    this.mainThread = files.open(QemuProcesses.threadFile(pid, pid, "schedstat"));
    for (long tid : tids) {
      groups.add(DomainGroups.of(files, mounts, pid, tid, "cpu"));
      openThread(files, mounts, tid, groups.getLast());
    }
  }

  private void openThread(KernelFiles files, CgroupMounts mounts, long tid, List<String> groups) {
    files
        .open(QemuProcesses.threadFile(pid, tid, "schedstat"))
        .ifPresent(
            schedstat ->
                vcpus.add(
                    new ThreadFiles(
                        tid,
                        schedstat,
                        groups.size() < 2
                            ? Optional.empty()
                            : files.open(groups.getFirst() + "/cpu.stat"))));
    if (usage.isEmpty() && !groups.isEmpty()) {
      openVm(files, mounts, groups.subList(groups.size() > 1 ? 1 : 0, groups.size()));
    }
  }

  private void openVm(KernelFiles files, CgroupMounts mounts, List<String> groups) {
    usage = new CpuGroup(groups.getLast(), mounts).usageFile(files).flatMap(files::open);
    groups.forEach(group -> files.open(group + "/cpu.stat").ifPresent(throttles::add));
  }

  /**
   * Whether these are still the right files: libvirt starts a QEMU in one group and then moves its
   * threads to groups of their own, which may be after they were first seen.
   */
  boolean belongsTo(KernelFiles files, CgroupMounts mounts, long otherPid, List<Long> otherTids) {
    return pid == otherPid
        && tids.equals(otherTids)
        && vcpus.size() == tids.size()
        && groups.equals(
            tids.stream().map(tid -> DomainGroups.of(files, mounts, pid, tid, "cpu")).toList());
  }

  /** Absent when the VM has ended. */
  Optional<VmCounters> read(ByteBuffer buffer) {
    List<VmCounters.VcpuCounters> counters = new ArrayList<>(vcpus.size());
    long runNanos = mainThread.filter(file -> file.read(buffer)).map(_ -> next(buffer)).orElse(0L);
    for (ThreadFiles thread : vcpus) {
      if (!thread.schedstat().read(buffer)) {
        return Optional.empty();
      }
      runNanos += next(buffer);
      long delayNanos = next(buffer);
      long throttled = thread.throttle().map(file -> throttled(file, buffer)).orElse(0L);
      counters.add(new VmCounters.VcpuCounters(thread.tid(), delayNanos, throttled));
    }
    long vmThrottled = 0;
    for (OpenFile file : throttles) {
      vmThrottled += throttled(file, buffer);
    }
    return Optional.of(
        new VmCounters(vm, pid, usageNanos(buffer, runNanos), vmThrottled, counters));
  }

  /** The group's accounting knows all threads; without it main and vCPU threads must do. */
  private long usageNanos(ByteBuffer buffer, long runNanos) {
    if (usage.isPresent() && usage.get().read(buffer)) {
      long nanos = CpuAccounting.usageNanos(buffer);
      return nanos < 0 ? runNanos : nanos;
    }
    return runNanos;
  }

  private static long throttled(OpenFile file, ByteBuffer buffer) {
    return file.read(buffer) ? CpuAccounting.throttledNanos(buffer) : 0;
  }

  private static long next(ByteBuffer buffer) {
    return Math.max(0, Numbers.next(buffer));
  }

  @Override
  public void close() {
    vcpus.forEach(
        thread -> {
          thread.schedstat().close();
          thread.throttle().ifPresent(OpenFile::close);
        });
    throttles.forEach(OpenFile::close);
    mainThread.ifPresent(OpenFile::close);
    usage.ifPresent(OpenFile::close);
  }
}
