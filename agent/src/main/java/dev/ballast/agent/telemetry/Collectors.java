package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.clock.HostClock;
import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.Optional;
import java.util.OptionalLong;

/** All collectors together: one call, one raw sample. Not for use by several threads at once. */
public final class Collectors implements AutoCloseable {
  private final HostClock clock;
  private final StatCollector stat;
  private final MemoryCollector memory;
  private final VmCollector vms;
  private final KsmCollector ksm;
  private final Optional<CapacityCollector> capacity;

  /**
   * @param capacityCgroup the directory of the group that stands for the host; absent for the whole
   *     machine
   */
  public Collectors(KernelFiles files, HostClock clock, Optional<String> capacityCgroup) {
    CgroupMounts mounts = CgroupMounts.read(files);
    this.clock = clock;
    this.stat = new StatCollector(files);
    this.memory = new MemoryCollector(files);
    this.vms = new VmCollector(files, mounts);
    this.ksm = new KsmCollector(files);
    this.capacity =
        capacityCgroup.map(directory -> new CapacityCollector(files, mounts, directory));
  }

  /**
   * The counters now. CPUs show the capacity cgroup's share where the kernel accounts for it, else
   * the whole machine's.
   */
  public RawSample collect() {
    long monotonicNanos = clock.monotonicNanos();
    return new RawSample(
        monotonicNanos,
        clock.epochMillis(),
        capacity.flatMap(CapacityCollector::collectPerCpu).orElseGet(stat::collect),
        capacity.map(CapacityCollector::collectNanos).orElseGet(OptionalLong::empty),
        memory.collectBytes(),
        vms.collect(),
        ksm.collect(monotonicNanos));
  }

  @Override
  public void close() {
    stat.close();
    memory.close();
    vms.close();
    capacity.ifPresent(CapacityCollector::close);
  }
}
