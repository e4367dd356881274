package dev.ballast.core.model;

import dev.ballast.core.topology.CpuSet;
import java.util.List;

/**
 * What an agent says when CPUs of its host have been overloaded for its hold time, and when that is
 * over.
 *
 * @param epochMillis when the sample that raised it was taken, by the host's clock
 * @param sinceEpochMillis when the first sample above the threshold was taken, by the host's clock
 * @param cpus the overloaded CPUs; all online ones for {@link Kind#HOT_HOST}
 * @param loadMillis the demand of the VMs confined to these CPUs, or the host's load, in
 *     thousandths of a CPU
 * @param thresholdMillis what was exceeded, in the same unit
 * @param vms the running VMs that may use those CPUs
 */
public record CpuAlert(
    long epochMillis,
    long sinceEpochMillis,
    Kind kind,
    CpuSet cpus,
    long loadMillis,
    long thresholdMillis,
    List<VmName> vms) {
  /** What is overloaded. */
  public enum Kind {
    /** Single CPUs while others may idle. */
    HOT_CPUS,
    /** The host's whole capacity. */
    HOT_HOST,
    /** Nothing any more. */
    CLEARED
  }

  public CpuAlert {
    vms = List.copyOf(vms);
  }
}
