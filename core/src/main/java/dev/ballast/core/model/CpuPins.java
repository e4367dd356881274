package dev.ballast.core.model;

import dev.ballast.core.topology.CpuSet;
import java.util.Collections;
import java.util.List;

/**
 * Where the threads of a domain may run.
 *
 * @param vcpus the host CPUs of each vCPU, by vCPU number
 * @param emulator the host CPUs of the emulator's own threads
 */
public record CpuPins(List<CpuSet> vcpus, CpuSet emulator) {
  public CpuPins {
    vcpus = List.copyOf(vcpus);
  }

  /** All threads of a domain with that many vCPUs on the same CPUs. */
  public static CpuPins uniform(int vcpuCount, CpuSet cpus) {
    return new CpuPins(Collections.nCopies(vcpuCount, cpus), cpus);
  }

  /** Every CPU that a vCPU may use. */
  public CpuSet allVcpuCpus() {
    return CpuSet.union(vcpus);
  }
}
