package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.topology.Topology;

/**
 * Builds the host's topology from /sys and /proc as hwloc would show it. Missing or odd files make
 * the result poorer, never an error.
 */
public final class TopologyReader {
  private final KernelFiles files;

  public TopologyReader(KernelFiles files) {
    this.files = files;
  }

  public Topology read() {
    CpuReader cpus = new CpuReader(files, ProcCpuInfo.read(files));
    return new Topology(
        cpus.online(),
        cpus.packages(),
        cpus.cores(),
        new NumaReader(files, cpus.online()).nodes(),
        cpus.lastLevelCache());
  }
}
