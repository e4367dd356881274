package dev.ballast.bench.cloudsim;

import dev.ballast.core.simulation.SimulatedHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A host of the reference: shares its CPU out, keeps its account. */
final class ReferenceHost {
  /** A VM loses this while it migrates, and its target spends as much. */
  private static final double MIGRATION_LOSS = 0.1;

  private static final double NEVER = -1;

  /** So far above its capacity a host counts as full; rounding does that. */
  private static final double ROUNDING = 1.01;

  final double coreMips;
  final double mips;
  private final SimulatedHost kind;
  final List<ReferenceVm> vms = new ArrayList<>();
  final Set<ReferenceVm> receiving = new HashSet<>();

  private double used;
  private double usedBefore;
  private double at = NEVER;
  private double lastRequested;
  private double lastDemand;
  private double activeSeconds;
  private double shortSeconds;
  private double fullSeconds;

  ReferenceHost(SimulatedHost kind) {
    this.kind = kind;
    this.coreMips = kind.mipsPerCore();
    this.mips = kind.mips();
  }

  /** What CPU its VMs get from now on; what held until now is accounted. */
  void update(double now) {
    vms.forEach(vm -> vm.update(now));
    account(now);
    usedBefore = used;
    used = 0;
    lastRequested = 0;
    double[] allocated = allocate();
    for (int i = 0; i < allocated.length; i++) {
      ReferenceVm vm = vms.get(i);
      double share = allocated[i];
      if (!receiving.contains(vm)) {
        vm.gets(now, share, vm.isMigrating);
        if (vm.isMigrating) {
          share /= 1 - MIGRATION_LOSS;
        }
      }
      used += share;
      lastRequested += vm.requested;
    }
  }

  private void account(double now) {
    if (at != NEVER && used > 0) {
      activeSeconds += now - at;
      if (used < lastRequested) {
        shortSeconds += now - at;
      }
      if (lastDemand >= mips) {
        fullSeconds += now - at;
      }
    }
    at = now;
  }

  /** In the order of the VMs; whole MIPS of equal shares where there is not enough. */
  private double[] allocate() {
    double free = mips;
    double demand = 0;
    boolean isShort = false;
    for (ReferenceVm vm : vms) {
      double need =
          Math.min(vm.requested, coreMips) * (receiving.contains(vm) ? MIGRATION_LOSS : 1);
      demand += need;
      isShort |= free < need;
      free = free < need ? 0 : free - need;
    }
    lastDemand = demand;
    double[] allocated = new double[vms.size()];
    for (int i = 0; i < allocated.length; i++) {
      ReferenceVm vm = vms.get(i);
      double share = Math.min(vm.requested, coreMips);
      if (isShort) {
        share *= mips / demand;
      }
      if (receiving.contains(vm)) {
        share *= MIGRATION_LOSS;
      } else if (vm.isMigrating) {
        share *= 1 - MIGRATION_LOSS;
      }
      allocated[i] = isShort ? Math.floor(share) : share;
    }
    return allocated;
  }

  /** Joules of some time between the last two updates: the mean of both powers. */
  double joules(double seconds) {
    double before = share(usedBefore);
    return before == 0
        ? 0
        : (kind.power().wattsAt(before) + kind.power().wattsAt(share(used))) / 2 * seconds;
  }

  private double share(double ofMips) {
    double share = ofMips / mips;
    return share > 1 && share < ROUNDING ? 1 : share;
  }

  double watts() {
    return kind.power().wattsAt(share(used));
  }

  double wattsAt(double ofMips) {
    return kind.power().wattsAt(ofMips / mips);
  }

  double utilisation() {
    return share(used);
  }

  double memory() {
    return kind.memoryMegabytes();
  }

  double activeSeconds() {
    return activeSeconds;
  }

  double shortSeconds() {
    return shortSeconds;
  }

  double fullSeconds() {
    return fullSeconds;
  }
}
