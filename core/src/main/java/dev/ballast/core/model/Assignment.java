package dev.ballast.core.model;

import java.util.List;

/**
 * The host, CPUs and devices that Ballast chose for a VM.
 *
 * @param override whether an operator's verb chose the pins (listed by {@code plan}, removed by
 *     {@code rollback})
 * @param cells the NUMA nodes that the guest sees: 1, or for a VM that is larger than any node of
 *     its host the number of nodes that it is split over, its vCPUs in order in equal parts
 * @param devices those of the host that it is given
 */
public record Assignment(
    VmName vm,
    HostName host,
    CpuPins pins,
    boolean override,
    int cells,
    List<AssignedDevice> devices) {
  /** A guest sees at most so many NUMA nodes. */
  public static final int CELL_LIMIT = 64;

  public Assignment {
    devices = List.copyOf(devices);
    if (cells < 1 || cells > CELL_LIMIT) {
      throw new IllegalArgumentException(
          "a guest has 1 to " + CELL_LIMIT + " NUMA nodes, not " + cells);
    }
  }

  /** A VM within one NUMA node, or one that does not know of several, without devices. */
  public Assignment(VmName vm, HostName host, CpuPins pins, boolean override) {
    this(vm, host, pins, override, 1, List.of());
  }

  public Assignment withPins(CpuPins newPins) {
    return new Assignment(vm, host, newPins, override, cells, devices);
  }

  public Assignment withOverride(boolean newOverride) {
    return new Assignment(vm, host, pins, newOverride, cells, devices);
  }
}
