package dev.ballast.core.simulation;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The energy that a pilot is measured against.
 *
 * <pre>
 * IGNORE   Σ over ticks: demand / mips · full watts            of the host with the fewest watts a MIPS
 * ENFORCE  Σ over ticks: ⌈Σ memory / memory⌉ · least idle watts + demand · least increment a MIPS
 * </pre>
 *
 * The first is fractional: hosts are divisible and full. The second counts whole hosts for the
 * memory, and for the load the increment from idle to full that is least for one MIPS.
 */
public final class EnergyFloor {
  private static final double JOULES_PER_KWH = 3.6e6;

  private EnergyFloor() {}

  public static double kwh(
      List<SimulatedHost> hosts, List<SimulatedVm> vms, SimulationSettings settings) {
    double demand = 0;
    for (SimulatedVm vm : vms) {
      for (int tick = 0; tick < settings.ticks(); tick++) {
        demand += vm.wanted(tick) * settings.tickSeconds();
      }
    }
    double joules =
        switch (settings.memory()) {
          case IGNORE -> demand * least(hosts, host -> host.power().fullWatts() / host.mips());
          case ENFORCE ->
              idleJoules(hosts, vms, settings)
                  + demand
                      * least(
                          hosts,
                          host ->
                              (host.power().fullWatts() - host.power().idleWatts()) / host.mips());
        };
    return joules / JOULES_PER_KWH;
  }

  private static double idleJoules(
      List<SimulatedHost> hosts, List<SimulatedVm> vms, SimulationSettings settings) {
    double memory = vms.stream().mapToDouble(SimulatedVm::memoryMegabytes).sum();
    double largest =
        hosts.stream()
            .map(SimulatedHost::memoryMegabytes)
            .max(Comparator.naturalOrder())
            .orElseThrow(() -> new IllegalArgumentException("a fleet has hosts"));
    return Math.ceil(memory / largest)
        * least(hosts, host -> host.power().idleWatts())
        * settings.ticks()
        * settings.tickSeconds();
  }

  private static double least(List<SimulatedHost> hosts, ToDoubleFunction<SimulatedHost> of) {
    return hosts.stream()
        .mapToDouble(of)
        .min()
        .orElseThrow(() -> new IllegalArgumentException("a fleet has hosts"));
  }
}
