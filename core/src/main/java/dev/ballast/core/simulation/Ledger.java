package dev.ballast.core.simulation;

import java.util.Arrays;

/** Adds up what hosts and VMs went through. */
final class Ledger {
  private static final double JOULES_PER_KWH = 3.6e6;

  private final double[] activeSeconds;
  private final double[] overloadedSeconds;
  private final double[] wanted;
  private final double[] lost;
  private double joules;
  private double unserved;
  private double seconds;
  private double overloadedOrReceivingSeconds;
  private int migrations;

  Ledger(int hosts, int vms) {
    this.activeSeconds = new double[hosts];
    this.overloadedSeconds = new double[hosts];
    this.wanted = new double[vms];
    this.lost = new double[vms];
  }

  /** A host with VMs, under the same load for some time. */
  void hostRan(int host, SimulatedHost kind, double load, boolean isReceiving, double forSeconds) {
    double capacity = kind.mips();
    joules += kind.power().wattsAt(load / capacity) * forSeconds;
    activeSeconds[host] += forSeconds;
    if (load >= capacity || isReceiving) {
      overloadedOrReceivingSeconds += forSeconds;
    }
    if (load >= capacity) {
      overloadedSeconds[host] += forSeconds;
      unserved += (load - capacity) * forSeconds;
    }
  }

  void vmWanted(int vm, double mips, double forSeconds) {
    wanted[vm] += mips * forSeconds;
  }

  /** A VM got less than it wanted because its vCPUs are faster than its host's cores. */
  void vmWasCapped(double missingMips, double forSeconds) {
    unserved += missingMips * forSeconds;
  }

  void vmMigrated(int vm, double lostMips, double forSeconds) {
    lost[vm] += lostMips * forSeconds;
    migrations++;
  }

  void timePassed(double moreSeconds) {
    seconds += moreSeconds;
  }

  double overloadedSeconds() {
    return Arrays.stream(overloadedSeconds).sum();
  }

  double activeSeconds() {
    return Arrays.stream(activeSeconds).sum();
  }

  SimulationResult result(int deferredMoves, int refusedMoves) {
    int hostsUsed = (int) Arrays.stream(activeSeconds).filter(time -> time > 0).count();
    double allWanted = Arrays.stream(wanted).sum();
    return new SimulationResult(
        joules / JOULES_PER_KWH,
        migrations,
        share(overloadedSeconds(), activeSeconds()),
        meanShare(overloadedSeconds, activeSeconds),
        share(overloadedOrReceivingSeconds, activeSeconds()),
        share(Arrays.stream(lost).sum(), allWanted),
        meanShare(lost, wanted),
        share(unserved, allWanted),
        activeSeconds() / seconds,
        hostsUsed,
        deferredMoves,
        refusedMoves);
  }

  private static double share(double part, double whole) {
    return whole > 0 ? part / whole : 0;
  }

  /** The mean of the shares; where there is no whole, there is no share to count. */
  private static double meanShare(double[] part, double[] whole) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < whole.length; i++) {
      if (whole[i] > 0) {
        sum += part[i] / whole[i];
        count++;
      }
    }
    return count > 0 ? sum / count : 0;
  }
}
