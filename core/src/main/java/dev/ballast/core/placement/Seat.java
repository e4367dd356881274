package dev.ballast.core.placement;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * A place for a VM on one host.
 *
 * @param where node and CPUs in words
 * @param cells the NUMA nodes that the guest sees
 * @param devices those that it is given
 * @param yielding new pins of VMs whose emulators make room
 * @param cpuPercent the vCPUs on the host after placing, of its CPU capacity
 * @param memoryPercent the promised memory after placing, of its memory
 */
record Seat(
    HostName host,
    CpuPins pins,
    String where,
    int cells,
    List<AssignedDevice> devices,
    SortedMap<VmName, CpuPins> yielding,
    long cpuPercent,
    long memoryPercent) {
  /** The lower of the higher shares first, then the lower of both together, then by name. */
  static final Comparator<Seat> BALANCE =
      Comparator.comparingLong(Seat::highestPercent)
          .thenComparingLong(seat -> seat.cpuPercent() + seat.memoryPercent())
          .thenComparing(Seat::host);

  /** What is remembered of a VM that sits here. */
  Assignment assignment(VmName vm) {
    return new Assignment(vm, host, pins, false, cells, devices);
  }

  long highestPercent() {
    return Math.max(cpuPercent, memoryPercent);
  }

  String shares() {
    return "vCPUs at "
        + cpuPercent
        + " % of the CPU capacity, memory at "
        + memoryPercent
        + " % promised";
  }
}
