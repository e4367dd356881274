package dev.ballast.bench.cloudsim;

import dev.ballast.bench.InputException;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CloudSim 3.0.3's PlanetLab experiment. What it does differently from a real fleet is kept, since
 * its printed figures contain it: VMs that want nothing at an update are gone for good; memory
 * counts only for the first placement; all migrations run at once, however many share a link; the
 * first interval costs no energy; energy is the mean of both ends of a stretch; a host that
 * receives a VM books its whole demand as not met; a decision sees the sample of its own moment.
 */
public final class CloudSimReference {
  private static final double INTERVAL = 300;
  private static final double JOULES_PER_KWH = 3.6e6;
  private static final double MEGABITS_PER_MEGABYTE = 8;

  /** Of 1 Gbit/s a VM has 100 Mbit/s; it matters for the first placement only. */
  private static final int VMS_A_LINK = 10;

  /**
   * What a day cost.
   *
   * @param slatah share of active host time in which a host gives less than is asked of it
   * @param slatahFull share of active host time in which demand reaches the CPU: what {@code
   *     SimulationResult.slatah} counts
   * @param vanished VMs that were gone for good because they wanted nothing at an update
   */
  public record Result(
      double energyKwh,
      int migrations,
      double slatah,
      double slatahFull,
      double pdm,
      double meanHosts,
      int vanished) {
    public double slav() {
      return slatah * pdm;
    }

    public double esv() {
      return energyKwh * slav();
    }
  }

  private final Detector detector;
  private final double limit;
  private final List<ReferenceHost> hosts;
  private final List<ReferenceVm> vms;
  private double last;
  private double joules;
  private int migrations;
  private int vanished;

  /**
   * @param vms with samples 300 s apart, in the order in which they are placed
   */
  public CloudSimReference(Detector detector, List<SimulatedHost> hosts, List<SimulatedVm> vms) {
    this.detector = detector;
    this.hosts = hosts.stream().map(ReferenceHost::new).toList();
    this.vms = vms.stream().map(ReferenceVm::new).toList();
    this.limit = vms.getFirst().usage().length * INTERVAL;
  }

  /** Runs the day; once. */
  public Result run() {
    place();
    double next = ReferenceVm.OFFSET + INTERVAL;
    while (next < limit) {
      decide(next).forEach(this::finish);
      next += INTERVAL;
    }
    decide(limit);
    return result();
  }

  /** By requested MIPS, in order, to the host whose power grows least. */
  private void place() {
    double[] free = hosts.stream().mapToDouble(host -> host.mips).toArray();
    double[] memory = hosts.stream().mapToDouble(ReferenceHost::memory).toArray();
    for (ReferenceVm vm : vms) {
      int best = -1;
      double least = Double.MAX_VALUE;
      for (int at = 0; at < free.length; at++) {
        ReferenceHost host = hosts.get(at);
        if (host.coreMips < vm.mips
            || free[at] < vm.mips
            || memory[at] < vm.memory
            || host.vms.size() >= VMS_A_LINK) {
          continue;
        }
        double more = host.wattsAt(host.mips - free[at] + vm.mips) - host.watts();
        if (more < least) {
          least = more;
          best = at;
        }
      }
      if (best < 0) {
        throw new InputException("the reference's fleet is too small for this day; take fewer VMs");
      }
      free[best] -= vm.mips;
      memory[best] -= vm.memory;
      hosts.get(best).vms.add(vm);
      vm.host = hosts.get(best);
    }
  }

  /** Begins migrations; answers those that end at each time. */
  private SortedMap<Double, List<ReferencePlanner.Move>> decide(double now) {
    advance(now);
    SortedMap<Double, List<ReferencePlanner.Move>> ends = new TreeMap<>();
    for (ReferencePlanner.Move move : new ReferencePlanner(detector, hosts).plan()) {
      ReferenceVm vm = move.vm();
      ReferenceHost from = vm.host;
      if (from == null) {
        throw new IllegalStateException("a VM that is gone does not migrate");
      }
      vm.isMigrating = true;
      move.to().vms.add(vm);
      move.to().receiving.add(vm);
      move.to().update(now);
      from.update(now);
      migrations++;
      // half of 1 Gbit/s
      double seconds = vm.memory * MEGABITS_PER_MEGABYTE / 500;
      ends.computeIfAbsent(now + seconds, end -> new ArrayList<>()).add(move);
    }
    return ends;
  }

  private void finish(double now, List<ReferencePlanner.Move> moves) {
    advance(now);
    for (ReferencePlanner.Move move : moves) {
      ReferenceVm vm = move.vm();
      if (vm.host != null) {
        vm.host.vms.remove(vm);
      }
      move.to().vms.remove(vm);
      move.to().receiving.remove(vm);
      move.to().vms.add(vm);
      vm.host = move.to();
      vm.isMigrating = false;
    }
    advance(now);
  }

  private void advance(double now) {
    hosts.forEach(host -> host.update(now));
    if (now > last) {
      for (ReferenceHost host : hosts) {
        joules += host.joules(now - last);
      }
    }
    for (ReferenceHost host : hosts) {
      for (ReferenceVm vm : List.copyOf(host.vms)) {
        if (!vm.isMigrating && vm.requested == 0) {
          host.vms.remove(vm);
          vm.host = null;
          vanished++;
        }
      }
    }
    last = now;
  }

  private Result result() {
    double active = hosts.stream().mapToDouble(ReferenceHost::activeSeconds).sum();
    double requested = vms.stream().mapToDouble(ReferenceVm::requestedInAll).sum();
    return new Result(
        joules / JOULES_PER_KWH,
        migrations,
        hosts.stream().mapToDouble(ReferenceHost::shortSeconds).sum() / active,
        hosts.stream().mapToDouble(ReferenceHost::fullSeconds).sum() / active,
        vms.stream().mapToDouble(ReferenceVm::lostToMigration).sum() / requested,
        active / limit,
        vanished);
  }
}
