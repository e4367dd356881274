package dev.ballast.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seats on the topologies of real machines, counted here from the topology alone. */
class SeatsOnDumpsTest {
  private static final HostName HOST = new HostName("h1");
  private static final VmName VM = new VmName("vm");

  /** Below, at and above the sizes of the nodes; some divide evenly and some do not. */
  private static final int[] SIZES = {1, 2, 3, 4, 6, 7, 12, 16, 24, 32};

  @TempDir Path folder;

  static List<String> dumps() {
    // Unpacking takes longest: shared caches, dies, threads, gaps in numbers.
    return List.of(
        "64amd64-4s2n4ca2co",
        "fakecpuid1f-64intel64-2p4d2n2c2t",
        "48amd64-4pa2n6c-sparse",
        "40intel64-2g2n4c+pcilocality");
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void vmsOfEverySizeLieOnTheFewestNodesEvenlyAndOwnWholeCores(String name) throws IOException {
    Topology topology = new TopologyReader(new KernelFiles(Dumps.unpack(name, folder))).read();
    List<Integer> sizes =
        topology.numaNodes().stream().map(node -> node.cpus().size()).sorted().toList().reversed();
    for (CpuPolicy policy : CpuPolicy.values()) {
      for (int vcpus : SIZES) {
        PlacementResult result =
            new BestFitPlacer()
                .place(snapshot(topology), List.of(spec(vcpus, policy)), PlacementPolicy.DEFAULT);
        if (result.placed().isEmpty()) {
          assertThat(result.unplaceable().get(VM).vetoes().get(HOST)).isNotEmpty();
          continue;
        }
        Assignment seat = result.placed().get(VM).assignment();
        assertThat(seat.cells()).as("%s vCPUs", vcpus).isEqualTo(fewest(sizes, vcpus));
        even(topology, seat);
        if (policy == CpuPolicy.DEDICATED) {
          CpuSet own = wholeCores(topology, seat.pins().allVcpuCpus());
          assertThat(own.intersects(seat.pins().emulator())).isFalse();
          assertThat(seat.pins().allVcpuCpus().size()).isEqualTo(vcpus);
        }
      }
    }
  }

  /** Nodes that take equal parts; memory is no matter here. */
  private static int fewest(List<Integer> sizes, int vcpus) {
    for (int count = 1; count <= sizes.size(); count++) {
      if (vcpus % count == 0 && sizes.get(count - 1) >= vcpus / count) {
        return count;
      }
    }
    return 0;
  }

  private static void even(Topology topology, Assignment seat) {
    List<Integer> counts = new ArrayList<>();
    for (NumaNode node : topology.numaNodes()) {
      int here =
          (int) seat.pins().vcpus().stream().filter(cpu -> node.cpus().intersects(cpu)).count();
      if (here > 0) {
        counts.add(here);
      }
    }
    assertThat(counts).hasSize(seat.cells());
    assertThat(counts).containsOnly(seat.pins().vcpus().size() / seat.cells());
  }

  private static CpuSet wholeCores(Topology topology, CpuSet cpus) {
    CpuSet result = cpus;
    for (CpuSet core : topology.cores()) {
      result = core.intersects(cpus) ? result.union(core) : result;
    }
    return result;
  }

  private static Snapshot snapshot(Topology topology) {
    HostInventory inventory =
        new HostInventory(
            topology,
            "dump",
            List.of(),
            Math.max(topology.memoryBytes(), 1L << 34),
            1000L * topology.onlineCpus().size(),
            2,
            List.of(),
            new TreeMap<>(),
            new TreeMap<>());
    HostView view =
        new HostView(
            HOST,
            true,
            1,
            inventory,
            Optional.empty(),
            new TreeMap<>(),
            HostLoad.NONE,
            Automation.AUTO,
            false,
            false);
    return new Snapshot(
        1,
        "6f2c1c8e-0a51-4a1e-9a2e-0d7b6c1f9a10",
        Automation.AUTO,
        false,
        new TreeMap<>(Map.of(HOST, view)),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  private static VmSpec spec(int vcpus, CpuPolicy policy) {
    return new VmSpec(
        VM,
        vcpus,
        1L << 20,
        policy,
        DomainType.QEMU,
        Optional.empty(),
        Optional.empty(),
        new BootSpec.Kernel("/k", "/i", ""),
        List.of(),
        List.of(),
        Optional.empty(),
        new TreeSet<>(),
        new TreeSet<>(),
        RunState.RUNNING,
        Automation.AUTO,
        new TreeMap<>());
  }
}
