package dev.ballast.core.balance;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;

/** The predicted load of each CPU, in thousandths; a vCPU spreads evenly over its CPUs. */
final class CpuLoads {
  private final long[] millis;
  private final CpuSet online;

  CpuLoads(CpuSet online) {
    this.online = online;
    this.millis = new long[online.isEmpty() ? 0 : online.stream().max().orElse(0) + 1];
  }

  private CpuLoads(CpuLoads other) {
    this.online = other.online;
    this.millis = other.millis.clone();
  }

  CpuLoads copy() {
    return new CpuLoads(this);
  }

  void add(int cpu, long load) {
    if (online.contains(cpu)) {
      millis[cpu] += load;
    }
  }

  void add(CpuPins pins, long perVcpuMillis) {
    for (CpuSet cpus : pins.vcpus()) {
      add(cpus, perVcpuMillis);
    }
  }

  void add(CpuSet cpus, long load) {
    CpuSet usable = cpus.intersect(online);
    int size = usable.size();
    int index = 0;
    for (int cpu = usable.next(0); cpu >= 0; cpu = usable.next(cpu + 1)) {
      // The remainder goes to the first CPUs, so that taking away restores exactly.
      millis[cpu] += load / size + (index++ < Math.abs(load % size) ? Long.signum(load) : 0);
    }
  }

  CpuSet online() {
    return online;
  }

  boolean isOnline(int cpu) {
    return online.contains(cpu);
  }

  /** The load by CPU number. */
  long[] toArray() {
    return millis.clone();
  }

  long of(int cpu) {
    return millis[cpu];
  }

  long highest() {
    long highest = 0;
    for (int cpu = online.next(0); cpu >= 0; cpu = online.next(cpu + 1)) {
      highest = Math.max(highest, millis[cpu]);
    }
    return highest;
  }

  /** What all CPUs together have above the target. */
  long overload(long targetMillis) {
    long overload = 0;
    for (int cpu = online.next(0); cpu >= 0; cpu = online.next(cpu + 1)) {
      overload += Math.max(0, millis[cpu] - targetMillis);
    }
    return overload;
  }

  CpuSet above(long targetMillis) {
    return CpuSet.of(online.stream().filter(cpu -> millis[cpu] > targetMillis));
  }
}
