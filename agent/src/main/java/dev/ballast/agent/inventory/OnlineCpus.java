package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.topology.CpuSet;
import java.util.function.Supplier;

/** The CPUs that can run now, by the kernel; without its list those of the topology. */
public final class OnlineCpus implements Supplier<CpuSet> {
  private static final String FILE = "/sys/devices/system/cpu/online";

  private final KernelFiles files;

  public OnlineCpus(KernelFiles files) {
    this.files = files;
  }

  @Override
  public CpuSet get() {
    try {
      CpuSet online = CpuSet.parse(files.read(FILE).orElse(""));
      return online.isEmpty() ? new TopologyReader(files).read().onlineCpus() : online;
    } catch (IllegalArgumentException e) {
      return new TopologyReader(files).read().onlineCpus();
    }
  }
}
