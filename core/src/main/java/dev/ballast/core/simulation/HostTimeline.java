package dev.ballast.core.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How one host's load changes between two decisions. */
final class HostTimeline {
  private record Change(double atSeconds, double load, int vms, int receiving) {}

  private final List<Change> changes = new ArrayList<>();
  private double load;
  private int vms;
  private int receiving;

  /** A VM stands there from the start. */
  void stands(double mips) {
    load += mips;
    vms++;
  }

  /** A VM leaves. */
  void leaves(double atSeconds, double mips) {
    changes.add(new Change(atSeconds, -mips, -1, 0));
  }

  /** A VM is received, which takes some CPU, and then runs here. */
  void receives(double fromSeconds, double toSeconds, double receivingMips, double mips) {
    changes.add(new Change(fromSeconds, receivingMips, 1, 1));
    changes.add(new Change(toSeconds, mips - receivingMips, 0, -1));
  }

  /** Writes each stretch of equal load with VMs present into the ledger. */
  void account(int host, SimulatedHost kind, double untilSeconds, Ledger ledger) {
    changes.sort(Comparator.comparingDouble(Change::atSeconds));
    changes.add(new Change(untilSeconds, 0, 0, 0));
    double from = 0;
    for (Change change : changes) {
      if (vms > 0 && change.atSeconds() > from) {
        ledger.hostRan(host, kind, load, receiving > 0, change.atSeconds() - from);
      }
      from = change.atSeconds();
      load += change.load();
      vms += change.vms();
      receiving += change.receiving();
    }
  }
}
