package dev.ballast.bench.planetlab;

import dev.ballast.core.simulation.PowerModel;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Hosts and VM types of the standard PlanetLab experiment (CloudSim 3). */
final class StandardFleet {
  private static final int HOSTS = 800;
  private static final double LINK_MEGABITS = 1000;
  private static final double MEMORY_MEGABYTES = 4096;

  private static final SimulatedHost G4 =
      new SimulatedHost(
          2,
          1860,
          MEMORY_MEGABYTES,
          LINK_MEGABITS,
          PowerModel.of(86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117));

  private static final SimulatedHost G5 =
      new SimulatedHost(
          2,
          2660,
          MEMORY_MEGABYTES,
          LINK_MEGABITS,
          PowerModel.of(93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135));

  private static final double[] VM_MIPS = {2500, 2000, 1000, 500};
  private static final double[] VM_MEGABYTES = {870, 1740, 1740, 613};

  private StandardFleet() {}

  /** 800 hosts, alternating HP ProLiant G4 and G5. */
  static List<SimulatedHost> hosts() {
    return IntStream.range(0, HOSTS).mapToObj(host -> host % 2 == 0 ? G4 : G5).toList();
  }

  /** The traces as VMs of the four types, a quarter of them each. */
  static List<SimulatedVm> vms(List<Trace> traces) {
    int quarter = Math.ceilDiv(traces.size(), VM_MIPS.length);
    List<SimulatedVm> vms = new ArrayList<>(traces.size());
    for (Trace trace : traces) {
      int type = vms.size() / quarter;
      vms.add(new SimulatedVm(trace.name(), 1, VM_MIPS[type], VM_MEGABYTES[type], trace.usage()));
    }
    return vms;
  }
}
