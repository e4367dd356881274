package dev.ballast.bench.planetlab;

import dev.ballast.core.balance.fleet.FleetKeeper;
import dev.ballast.core.balance.fleet.FleetPolicy;
import dev.ballast.core.simulation.EnergyFloor;
import dev.ballast.core.simulation.FleetSimulation;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import dev.ballast.core.simulation.SimulationResult;
import dev.ballast.core.simulation.SimulationSettings;
import java.util.List;
import java.util.Map;

/** One run of Ballast's planner on a fleet, as figures. */
final class FleetRun {
  /** How the fleet is kept. */
  record Plan(FleetPolicy policy, long seed) {}

  private FleetRun() {}

  static void run(
      List<SimulatedHost> hosts,
      List<SimulatedVm> vms,
      SimulationSettings settings,
      Plan plan,
      Map<String, Object> figures) {
    FleetSimulation simulation = new FleetSimulation(hosts, vms, settings);
    SimulationResult result =
        simulation.run(new FleetKeeper(simulation.shape(), plan.policy(), plan.seed()));
    double floor = EnergyFloor.kwh(hosts, vms, settings);
    figures.put("vms", vms.size());
    figures.put("floorKwh", floor);
    figures.put("energyKwh", result.energyKwh());
    figures.put("energyToFloor", result.energyKwh() / floor);
    figures.put("migrations", result.migrations());
    figures.put("slatah", result.slatah());
    figures.put("slatahPerHost", result.slatahPerHost());
    figures.put("slatahWithReceiving", result.slatahWithReceiving());
    figures.put("pdm", result.pdm());
    figures.put("pdmPerVm", result.pdmPerVm());
    figures.put("slav", result.slav());
    figures.put("esv", result.esv());
    figures.put("unserved", result.unserved());
    figures.put("meanHosts", result.meanHosts());
    figures.put("hostsUsed", result.hostsUsed());
    figures.put("deferredMoves", result.deferredMoves());
    figures.put("refusedMoves", result.refusedMoves());
  }
}
