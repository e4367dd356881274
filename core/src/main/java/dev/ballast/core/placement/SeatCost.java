package dev.ballast.core.placement;

import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.NumaNode;
import java.util.List;

/**
 * What a place costs, in weighted points; of places without a veto the cheapest is taken.
 *
 * <pre>
 * cost = overload      · max(0, measured CPU load of the host − safety), in percent of its capacity
 *      + imbalance     · the higher of the shares of CPU capacity and memory promised afterwards
 *      + mismatch      · (|free CPU − free memory| afterwards − before), free CPU = 100 −
 *                        100 · vCPUs / (vcpusPerCpu · CPUs)
 *      + remoteness    · 100 · (NUMA nodes of its vCPUs − 1)
 *      + fragmentation · (F afterwards − before), F = 100 · (1 − the freest node's free memory /
 *                        that of all nodes)
 *      + consolidation · (100, if no VM is on the host yet, else what stays free of its fuller
 *                        resource)
 *      + moves         · 10 · VMs whose emulators have to yield
 * </pre>
 *
 * A host fuller than whole counts as whole under consolidation.
 */
final class SeatCost {
  private static final int WHOLE = 100;
  private static final int YIELD_POINTS = 10;

  private SeatCost() {}

  /** The cost before the VM takes the seat. */
  static long of(HostUse use, VmSpec vm, Seat seat, PlacementPolicy policy) {
    Weights weights = policy.weights();
    List<NumaNode> nodes = use.nodesOf(seat.pins().allVcpuCpus());
    boolean unused = !use.occupants().iterator().hasNext();
    long filled = Math.min(WHOLE, seat.highestPercent());
    return weights.overload() * overload(use.view().inventory(), use, policy)
        + weights.imbalance() * seat.highestPercent()
        + weights.mismatch() * (mismatch(use, vm, policy, 1) - mismatch(use, vm, policy, 0))
        + (long) weights.remoteness() * WHOLE * Math.max(0, nodes.size() - 1)
        + weights.fragmentation() * (scattered(use, vm, nodes) - scattered(use, vm, List.of()))
        + weights.consolidation() * (unused ? WHOLE : WHOLE - filled)
        + (long) weights.moves() * YIELD_POINTS * seat.yielding().size();
  }

  private static long overload(HostInventory inventory, HostUse use, PlacementPolicy policy) {
    long capacity = Math.max(1, inventory.cpuCapacityMillis());
    long percent = use.view().load().usageMillis() * WHOLE / capacity;
    return Math.max(0, percent - policy.safetyPercent());
  }

  private static long mismatch(HostUse use, VmSpec vm, PlacementPolicy policy, int times) {
    long cpus = Math.max(1, use.topology().onlineCpus().size());
    long vcpus = use.vcpus() + (long) times * vm.vcpus();
    long memory = Math.max(1, use.ordinaryBytes() >> 10);
    long promised = (use.promisedBytes() + times * use.need(vm).bytes()) >> 10;
    return Math.abs(
        WHOLE * vcpus / (policy.vcpusPerCpu() * cpus) - Math.ceilDiv(WHOLE * promised, memory));
  }

  /** With the VM's memory on the given nodes, equal parts on each. */
  private static long scattered(HostUse use, VmSpec vm, List<NumaNode> taking) {
    long all = 0;
    long most = 0;
    for (NumaNode node : use.topology().numaNodes()) {
      long free = use.freeBytes(node);
      if (free == Long.MAX_VALUE) {
        return 0; // nobody knows what nodes have
      }
      long part = taking.contains(node) ? use.need(vm).bytes() / taking.size() : 0;
      long left = Math.max(0, free - part) >> 10;
      all += left;
      most = Math.max(most, left);
    }
    return all == 0 ? 0 : WHOLE - WHOLE * most / all;
  }
}
