package dev.ballast.core.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How one host's load changes between two decisions. */
final class HostTimeline {
  private record Change(double atSeconds, double load, int vms) {}

  private final List<Change> changes = new ArrayList<>();
  private double load;
  private int vms;

  /** A VM stands there from the start. */
  void stands(double mips) {
    load += mips;
    vms++;
  }

  /** From then on that much more load and so many VMs more, either may be negative. */
  void changes(double atSeconds, double moreMips, int moreVms) {
    changes.add(new Change(atSeconds, moreMips, moreVms));
  }

  /** Writes each stretch of equal load with VMs present into the ledger. */
  void account(int host, SimulatedHost kind, double untilSeconds, Ledger ledger) {
    changes.sort(Comparator.comparingDouble(Change::atSeconds));
    changes.add(new Change(untilSeconds, 0, 0));
    double from = 0;
    for (Change change : changes) {
      if (vms > 0 && change.atSeconds() > from) {
        ledger.hostRan(host, kind, load, change.atSeconds() - from);
      }
      from = change.atSeconds();
      load += change.load();
      vms += change.vms();
    }
  }
}
