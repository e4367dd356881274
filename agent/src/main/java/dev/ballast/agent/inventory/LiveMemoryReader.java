package dev.ballast.agent.inventory;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.DomainGroups;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.NodeMemory;
import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.agent.host.kernel.QemuProcesses;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the memory and the I/O threads of running domains are, from the kernel. */
public final class LiveMemoryReader {
  private static final Pattern NODES =
      Pattern.compile("^Mems_allowed_list:\\s*(\\S+)", Pattern.MULTILINE);
  private static final Pattern CPUS =
      Pattern.compile("^Cpus_allowed_list:\\s*(\\S+)", Pattern.MULTILINE);
  private static final int STATUS_LIMIT_BYTES = 64 * 1024;
  private static final String HUGE = "/hugepages/hugepages-2048kB/free_hugepages";
  private static final long HUGE_BYTES = 2L << 20;

  private final KernelFiles files;
  private final QemuProcesses processes;
  private final CgroupMounts mounts;

  public LiveMemoryReader(KernelFiles files) {
    this.files = files;
    this.processes = new QemuProcesses(files);
    this.mounts = CgroupMounts.read(files);
  }

  /** The nodes that the domain's vCPUs may take memory from; absent when it does not run. */
  public Optional<CpuSet> allowedNodes(VmName vm) {
    return processes
        .pid(vm)
        .flatMap(
            pid ->
                processes.vcpuThreads(pid).values().stream()
                    .findFirst()
                    .flatMap(tid -> list(NODES, pid, tid)));
  }

  /** Where each I/O thread may run. */
  public SortedMap<Integer, CpuSet> iothreads(VmName vm) {
    SortedMap<Integer, CpuSet> found = new TreeMap<>();
    processes
        .pid(vm)
        .ifPresent(
            pid ->
                processes
                    .iothreads(pid)
                    .forEach(
                        (id, tid) -> list(CPUS, pid, tid).ifPresent(cpus -> found.put(id, cpus))));
    return found;
  }

  private Optional<CpuSet> list(Pattern line, long pid, long tid) {
    Matcher matcher =
        line.matcher(
            files
                .read(QemuProcesses.threadFile(pid, tid, "status"), STATUS_LIMIT_BYTES)
                .orElse(""));
    return matcher.find()
        ? Optional.of(CpuText.list(matcher.group(1))).filter(set -> !set.isEmpty())
        : Optional.empty();
  }

  /** Where the domain's memory lies. */
  public Optional<ProcessMemory> memory(VmName vm) {
    return processes.pid(vm).flatMap(pid -> ProcessMemory.read(files, pid));
  }

  /** What can be taken of the node: of usual pages, and of hugepages of 2 MiB. */
  public long freeBytes(int node, boolean huge) {
    return huge
        ? files.readLong("/sys/devices/system/node/node" + node + HUGE).orElse(0) * HUGE_BYTES
        : new NodeMemory(files).freeBytes(node);
  }

  /** Whether pages move when the nodes of a group change; version 1 must be told to. */
  public boolean migrates(VmName vm) {
    if (mounts.version() != 1) {
      return true;
    }
    return processes
        .pid(vm)
        .map(pid -> DomainGroups.of(files, mounts, pid, pid, "cpuset"))
        .filter(groups -> !groups.isEmpty())
        .map(groups -> files.readLong(groups.getFirst() + "/cpuset.memory_migrate").orElse(0) == 1)
        .orElse(false);
  }
}
