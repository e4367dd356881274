package dev.ballast.core.simulation;

import dev.ballast.core.balance.fleet.FleetMove;
import dev.ballast.core.balance.fleet.FleetPilot;
import dev.ballast.core.balance.fleet.FleetReading;
import dev.ballast.core.balance.fleet.FleetShape;
import dev.ballast.core.simulation.SimulationSettings.Memory;
import dev.ballast.core.simulation.SimulationSettings.Sight;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a fleet's recorded demand under a pilot. Between two decisions demand is constant; moves run
 * in the pilot's order, each as soon as the links of both its hosts are free, and those that would
 * not end before the next decision are not begun.
 *
 * <p>While a VM migrates, its source serves it, and it loses {@code migrationLoss} of its CPU; its
 * target is on and spends as much CPU on receiving it. A host is overloaded while the demand of its
 * VMs, each at most what its vCPUs can get there, reaches its capacity.
 */
public final class FleetSimulation {
  private static final double MEGABITS_PER_MEGABYTE = 8;

  private final List<SimulatedHost> hosts;
  private final List<SimulatedVm> vms;
  private final SimulationSettings settings;
  private final FleetShape shape;
  private final Ledger ledger;
  private int[] hostOf = new int[0];
  private int deferredMoves;
  private int refusedMoves;

  public FleetSimulation(
      List<SimulatedHost> hosts, List<SimulatedVm> vms, SimulationSettings settings) {
    this.hosts = List.copyOf(hosts);
    this.vms = List.copyOf(vms);
    this.settings = settings;
    for (SimulatedVm vm : vms) {
      if (vm.usage().length < settings.ticks()) {
        throw new IllegalArgumentException(
            "%s has %d samples; %d are needed"
                .formatted(vm.name(), vm.usage().length, settings.ticks()));
      }
    }
    this.shape = shapeOf();
    this.ledger = new Ledger(hosts.size(), vms.size());
  }

  /** The fleet as its pilot sees it. */
  public FleetShape shape() {
    return shape;
  }

  private FleetShape shapeOf() {
    boolean enforced = settings.memory() == Memory.ENFORCE;
    double slowestLink = hosts.stream().mapToDouble(SimulatedHost::linkMegabits).min().orElse(1);
    return new FleetShape(
        hosts.stream().mapToDouble(SimulatedHost::mips).toArray(),
        hosts.stream().mapToDouble(SimulatedHost::mipsPerCore).toArray(),
        hosts.stream()
            .mapToDouble(host -> enforced ? host.memoryMegabytes() : Double.POSITIVE_INFINITY)
            .toArray(),
        hosts.stream().mapToDouble(host -> host.power().idleWatts()).toArray(),
        hosts.stream().mapToDouble(host -> host.power().fullWatts()).toArray(),
        vms.stream().mapToDouble(SimulatedVm::mips).toArray(),
        vms.stream().mapToDouble(SimulatedVm::memoryMegabytes).toArray(),
        vms.stream()
            .mapToDouble(
                vm ->
                    vm.memoryMegabytes()
                        * MEGABITS_PER_MEGABYTE
                        / (slowestLink * settings.migrationLinkShare()))
            .toArray(),
        settings.tickSeconds());
  }

  /** Runs all ticks; once. */
  public SimulationResult run(FleetPilot pilot) {
    if (hostOf.length > 0) {
      throw new IllegalStateException("a simulation runs once");
    }
    hostOf = pilot.place();
    requireThatMemoryFits();
    double overloadedShare = 0;
    for (int tick = 0; tick < settings.ticks(); tick++) {
      List<FleetMove> moves = tick == 0 ? List.of() : pilot.decide(reading(tick, overloadedShare));
      double overloadedBefore = ledger.overloadedSeconds();
      double activeBefore = ledger.activeSeconds();
      pass(tick, moves);
      double active = ledger.activeSeconds() - activeBefore;
      overloadedShare = active > 0 ? (ledger.overloadedSeconds() - overloadedBefore) / active : 0;
    }
    return ledger.result(deferredMoves, refusedMoves);
  }

  private FleetReading reading(int tick, double overloadedShare) {
    boolean fresh = settings.sight() == Sight.FRESH;
    int sample = fresh ? tick : tick - 1;
    double[] wanted = vms.stream().mapToDouble(vm -> vm.wanted(sample)).toArray();
    return new FleetReading(tick, hostOf.clone(), wanted, fresh, overloadedShare);
  }

  /** The time from one decision to the next. */
  private void pass(int tick, List<FleetMove> moves) {
    HostTimeline[] timelines = new HostTimeline[hosts.size()];
    Arrays.setAll(timelines, host -> new HostTimeline());
    double seconds = settings.tickSeconds();
    for (int vm = 0; vm < hostOf.length; vm++) {
      double wanted = vms.get(vm).wanted(tick);
      double load = loadOn(vm, hostOf[vm], wanted);
      timelines[hostOf[vm]].stands(load);
      ledger.vmWanted(vm, wanted, seconds);
      ledger.vmWasCapped(wanted - load, seconds);
    }
    double[] memory = memoryInUse();
    double[] linkFreeAt = new double[hosts.size()];
    for (FleetMove move : moves) {
      begin(move, tick, timelines, memory, linkFreeAt);
    }
    for (int host = 0; host < timelines.length; host++) {
      timelines[host].account(host, hosts.get(host), seconds, ledger);
    }
    ledger.timePassed(seconds);
  }

  private void begin(
      FleetMove move, int tick, HostTimeline[] timelines, double[] memory, double[] linkFreeAt) {
    int vm = move.vm();
    if (hostOf[vm] != move.from() || move.from() == move.to()) {
      throw new IllegalArgumentException(move + ": the VM stands on host " + hostOf[vm]);
    }
    double start = Math.max(linkFreeAt[move.from()], linkFreeAt[move.to()]);
    double end = start + shape.moveSeconds()[vm];
    if (end > settings.tickSeconds()) {
      deferredMoves++;
      return;
    }
    if (memory[move.to()] + shape.vmMemory()[vm] > shape.memory()[move.to()]) {
      refusedMoves++;
      return;
    }
    linkFreeAt[move.from()] = end;
    linkFreeAt[move.to()] = end;
    memory[move.to()] += shape.vmMemory()[vm];
    double wanted = vms.get(vm).wanted(tick);
    double there = loadOn(vm, move.to(), wanted);
    timelines[move.from()].leaves(end, loadOn(vm, move.from(), wanted));
    timelines[move.to()].receives(start, end, settings.migrationLoss() * there, there);
    ledger.vmMigrated(vm, settings.migrationLoss() * wanted, end - start);
    hostOf[vm] = move.to();
  }

  private double loadOn(int vm, int host, double wanted) {
    return Math.min(wanted, vms.get(vm).vcpus() * shape.cpuPerThread()[host]);
  }

  private double[] memoryInUse() {
    double[] memory = new double[hosts.size()];
    for (int vm = 0; vm < hostOf.length; vm++) {
      memory[hostOf[vm]] += shape.vmMemory()[vm];
    }
    return memory;
  }

  private void requireThatMemoryFits() {
    double[] memory = memoryInUse();
    for (int host = 0; host < memory.length; host++) {
      if (memory[host] > shape.memory()[host]) {
        throw new IllegalArgumentException(
            "the pilot placed %s MB on host %d, which has %s"
                .formatted(memory[host], host, shape.memory()[host]));
      }
    }
  }
}
