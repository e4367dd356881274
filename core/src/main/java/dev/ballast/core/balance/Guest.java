package dev.ballast.core.balance;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;

/**
 * A running VM as relief sees it.
 *
 * @param perVcpuMillis what each of its vCPUs wants
 * @param fixed why it may not move; empty when it may
 * @param level what Ballast may do with it by itself
 * @param near the CPUs of the NUMA nodes that it is on
 * @param bound whether its memory stays on these nodes, where its hugepages are
 */
record Guest(
    VmName vm,
    CpuPins pins,
    long perVcpuMillis,
    String fixed,
    Automation level,
    CpuSet near,
    boolean bound) {
  boolean movable() {
    return fixed.isEmpty();
  }

  long demandMillis() {
    return perVcpuMillis * pins.vcpus().size();
  }
}
