package dev.ballast.bench.cloudsim;

import dev.ballast.core.simulation.SimulatedVm;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A VM of the reference: its demand between samples, its history, its account. */
final class ReferenceVm {
  private static final double INTERVAL = 300;

  /** Before anything happened. */
  private static final double NEVER = -1;

  /** Creating VMs takes this long, so decisions stand at 300.1, 600.1 … seconds. */
  static final double OFFSET = 0.1;

  private static final int HISTORY = 30;
  private static final int REGRESSION = 10;
  private static final double PERCENT = 100;

  final double mips;
  final double memory;
  private final double[] shares;
  private final Deque<Double> history = new ArrayDeque<>();
  private double historyAt;
  private boolean hasForecast;
  private double forecast;

  /** Where it runs; null once it is gone. */
  @Nullable ReferenceHost host;

  boolean isMigrating;

  /** MIPS at the last update. */
  double requested;

  private double at = NEVER;
  private double lastAllocated;
  private double lastRequested;
  private boolean wasMigrating;
  private double requestedInAll;
  private double lostToMigration;

  ReferenceVm(SimulatedVm vm) {
    this.mips = vm.mips();
    this.memory = vm.memoryMegabytes();
    this.shares = new double[vm.usage().length + 1];
    for (int sample = 0; sample < vm.usage().length; sample++) {
      shares[sample] = Math.round(vm.usage()[sample] * PERCENT) / PERCENT;
    }
    shares[vm.usage().length] = shares[vm.usage().length - 1];
    this.requested = vm.mips();
  }

  /** Demand is a straight line between samples; a decision's own moment enters the history. */
  void update(double now) {
    double share = shareAt(now);
    requested = share * mips;
    // The remainder of rounded clock times is not always 0: then a sample is missed, as there.
    if (now > historyAt && (now - OFFSET) % INTERVAL == 0) {
      history.addFirst(share);
      if (history.size() > HISTORY) {
        history.removeLast();
      }
      historyAt = now;
      hasForecast = history.stream().skip(REGRESSION - 1).anyMatch(past -> past != 0);
      forecast = regression() * mips;
    }
  }

  private double shareAt(double now) {
    int before = (int) Math.floor(now / INTERVAL);
    int after = (int) Math.ceil(now / INTERVAL);
    if (before == after) {
      return shares[before];
    }
    double slope = (shares[after] - shares[before]) / INTERVAL;
    return shares[before] + slope * (now - before * INTERVAL);
  }

  boolean hasForecast() {
    return hasForecast;
  }

  /** Ordinary least squares through the newest ten samples, one step ahead, in MIPS. */
  double forecast() {
    return forecast;
  }

  private double regression() {
    double middle = (REGRESSION + 1) / 2.0;
    double spread = REGRESSION * (REGRESSION * REGRESSION - 1) / 12.0;
    double sum = 0;
    int x = REGRESSION;
    for (double share : history) {
      if (x < 1) {
        break;
      }
      double weight = 1.0 / REGRESSION + (x - middle) * (REGRESSION + 1 - middle) / spread;
      sum += weight * share;
      x--;
    }
    return sum;
  }

  /** From now on it gets that much; what held until now is accounted. */
  void gets(double now, double allocated, boolean whileMigrating) {
    if (at != NEVER) {
      double seconds = now - at;
      requestedInAll += lastRequested * seconds;
      if (lastAllocated < lastRequested && wasMigrating) {
        lostToMigration += (lastRequested - lastAllocated) * seconds;
      }
    }
    at = now;
    lastAllocated = allocated;
    lastRequested = requested;
    wasMigrating = whileMigrating;
  }

  double requestedInAll() {
    return requestedInAll;
  }

  double lostToMigration() {
    return lostToMigration;
  }
}
