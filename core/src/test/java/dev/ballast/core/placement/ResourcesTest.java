package dev.ballast.core.placement;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.nodes;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.view;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Hugepages, devices, several NUMA nodes and last-level caches. */
class ResourcesTest {
  private static final Placer PLACER = new BestFitPlacer();
  private static final long PAGE = 2 * MIB;

  private static PlacementResult place(Snapshot snapshot, VmSpec... vms) {
    return PLACER.place(snapshot, List.of(vms), PlacementPolicy.DEFAULT);
  }

  private static Assignment placed(Snapshot snapshot, VmSpec vm) {
    PlacementResult result = place(snapshot, vm);
    assertThat(result.unplaceable()).isEmpty();
    return result.placed().get(vm.name()).assignment();
  }

  private static List<Veto> vetoes(Snapshot snapshot, VmSpec vm, String host) {
    return PLACER.vetoes(snapshot, vm, host(host), PlacementPolicy.DEFAULT);
  }

  /** So many pages of 2 MiB on each node, in their order. */
  private static HostView paged(HostView view, long... counts) {
    SortedMap<String, HostSetting> settings = new TreeMap<>(view.settings());
    for (int node = 0; node < counts.length; node++) {
      Hugepages pages = new Hugepages(PAGE, node, counts[node]);
      settings.put(pages.key(), pages);
    }
    return view.withSettings(settings);
  }

  @Test
  void hugepagesAreACapacityOfEachNodeAndNoOrdinaryMemory() {
    Snapshot two = snapshot(paged(view("h1", nodes(2, 4, 1, 8 * GIB)), 512, 2048));
    VmSpec large = spec("a", d -> d.vcpus(2).memory(3 * GIB).hugepages(PAGE));

    Assignment onlyThere = placed(two, large);

    assertThat(onlyThere.pins().allVcpuCpus()).isEqualTo(CpuSet.of(4, 5));
    Snapshot running = Cluster.running(two, large);
    // 1 GiB in pages is left on node 1, and 7 GiB less QEMU's own of ordinary memory on node 0.
    assertThat(vetoes(running, spec("b", d -> d.memory(2 * GIB).hugepages(PAGE)), "h1"))
        .containsExactly(new ResourceVeto.NotEnoughHugepages(host("h1"), 0, PAGE, 512, 512, true));
    assertThat(vetoes(running, spec("b", d -> d.memory(1 * GIB).hugepages(PAGE)), "h1")).isEmpty();
    assertThat(vetoes(running, spec("b", d -> d.memory(6 * GIB)), "h1")).isEmpty();
    assertThat(vetoes(running, spec("b", d -> d.memory(7 * GIB)), "h1"))
        .singleElement()
        .isInstanceOf(Veto.NotEnoughNodeMemory.class);
  }

  @Test
  void theVetoNamesTheCommandThatLiftsIt() {
    HostView host = paged(view("h1", nodes(1, 4, 1, 8 * GIB)), 100);
    VmSpec vm = spec("a", d -> d.memory(1 * GIB).hugepages(PAGE));

    Veto veto = vetoes(snapshot(host), vm, "h1").getFirst();

    assertThat(veto.reason())
        .isEqualTo("lacks 412 free hugepages of 2MiB on NUMA node 0 (it has 100 in all)");
    assertThat(veto.smallestChange())
        .isEqualTo("'ballast hugepages h1 --size 2MiB --node 0 --count 512 --run'");
    assertThat(vetoes(snapshot(paged(host, 511)), vm, "h1")).hasSize(1);
    assertThat(vetoes(snapshot(paged(host, 512)), vm, "h1")).isEmpty();
  }

  @Test
  void whereTheNodeCannotGrowPagesAreToBeFreed() {
    HostView host = paged(view("h1", nodes(1, 4, 1, 4 * GIB)), 1024);
    Snapshot running =
        Cluster.running(snapshot(host), spec("a", d -> d.memory(2 * GIB).hugepages(PAGE)));

    assertThat(vetoes(running, spec("b", d -> d.memory(2 * GIB).hugepages(PAGE)), "h1"))
        .singleElement()
        .extracting(Veto::smallestChange)
        .isEqualTo("free 1024 hugepages of 2MiB on NUMA node 0 of h1");
  }

  @Test
  void aSizeThatTheKernelDoesNotHaveIsSaid() {
    HostView host = paged(view("h1", nodes(1, 4, 1, 8 * GIB)), 0);
    VmSpec vm = spec("a", d -> d.memory(1 * GIB).hugepages(GIB));

    Veto veto = vetoes(snapshot(host), vm, "h1").getFirst();

    assertThat(veto)
        .isEqualTo(new ResourceVeto.NoHugepageSize(host("h1"), GIB, new TreeSet<>(List.of(PAGE))));
    assertThat(veto.reason()).isEqualTo("has no hugepages of 1GiB, only of 2MiB");
    assertThat(veto.smallestChange())
        .isEqualTo("boot h1 with hugepagesz=1G, or set hugepages: 2MiB");
  }

  @Test
  void aVmLargerThanAnyNodeIsSplitEvenlyOverTheFewestNearOnes() {
    Snapshot four = snapshot(view("h1", far(nodes(4, 4, 1, 8 * GIB))));

    Assignment byCpus = placed(four, spec("a", d -> d.vcpus(6).memory(1 * GIB)));
    Assignment byMemory = placed(four, spec("b", d -> d.vcpus(6).memory(20 * GIB)));
    Assignment fits = placed(four, spec("c", d -> d.vcpus(4).memory(6 * GIB)));

    assertThat(byCpus.cells()).isEqualTo(2);
    // Node 2 is near node 0, the others are far.
    assertThat(byCpus.pins().vcpus().stream().map(CpuSet::first))
        .containsExactly(0, 1, 2, 8, 9, 10);
    assertThat(byMemory.cells()).isEqualTo(3);
    assertThat(fits.cells()).isEqualTo(1);
  }

  private static Topology far(Topology topology) {
    return new Topology(
        topology.onlineCpus(),
        topology.packages(),
        topology.cores(),
        topology.numaNodes().stream()
            .map(
                node ->
                    new NumaNode(
                        node.id(),
                        node.cpus(),
                        node.memoryBytes(),
                        node.id() % 2 == 0 ? List.of(10, 30, 12, 30) : List.of(30, 10, 30, 20),
                        List.of()))
            .toList(),
        topology.lastLevelCache());
  }

  @Test
  void aWideVmThatDoesNotDivideIsToldWhatWould() {
    Snapshot two = snapshot(view("h1", nodes(2, 4, 1, 8 * GIB)));
    VmSpec odd = spec("a", d -> d.vcpus(7).memory(1 * GIB));

    assertThat(vetoes(two, odd, "h1")).containsExactly(new ResourceVeto.TooWide(host("h1"), 6));
    assertThat(vetoes(two, odd.withVcpus(6), "h1")).isEmpty();
  }

  @Test
  void aWideVmLacksWhatTheNodesLackAndHasItOnceItIsFreed() {
    Snapshot two = snapshot(view("h1", nodes(2, 4, 1, 8 * GIB)));
    VmSpec wide = spec("wide", d -> d.vcpus(6).memory(1 * GIB).dedicated());
    Snapshot running = Cluster.running(two, spec("own", d -> d.vcpus(3).dedicated()));

    assertThat(vetoes(running, wide, "h1"))
        .containsExactly(new Veto.NoDedicatedCores(host("h1"), 0, 3, 1));
    assertThat(vetoes(two, wide, "h1")).isEmpty();
  }

  @Test
  void aGuestThatRunsKeepsTheNodesThatItSees() {
    HostView large = view("h1", nodes(1, 8, 1, 64 * GIB));
    HostView split = view("h2", nodes(4, 4, 1, 16 * GIB));
    Snapshot one = Cluster.running(snapshot(large, split), spec("a", d -> d.vcpus(6).hosts("h1")));
    Snapshot two = Cluster.running(snapshot(large, split), spec("b", d -> d.vcpus(6).hosts("h2")));

    assertThat(vetoes(one, spec("a", d -> d.vcpus(6)), "h2"))
        .singleElement()
        .isInstanceOf(Veto.TooFewCpus.class);
    assertThat(vetoes(two, spec("b", d -> d.vcpus(6)), "h1"))
        .singleElement()
        .isInstanceOf(ResourceVeto.NotMovable.class);
  }

  @Test
  void dedicatedCoresShareAsFewLastLevelCachesAsPossible() {
    Topology plain = nodes(1, 16, 2, 32 * GIB);
    Topology caches =
        new Topology(
            plain.onlineCpus(),
            plain.packages(),
            plain.cores(),
            plain.numaNodes(),
            new CacheLevel(
                3,
                List.of(
                    CpuSet.range(0, 3),
                    CpuSet.range(4, 9),
                    CpuSet.range(10, 11),
                    CpuSet.range(12, 15))));
    Snapshot one = snapshot(view("h1", caches));

    assertThat(cpus(one, 4)).isEqualTo(CpuSet.range(0, 3));
    assertThat(cpus(one, 2)).isEqualTo(CpuSet.range(10, 11));
    assertThat(cpus(one, 5)).isEqualTo(CpuSet.range(4, 8));
    assertThat(cpus(one, 8)).isEqualTo(CpuSet.range(4, 11));
  }

  private static CpuSet cpus(Snapshot snapshot, int vcpus) {
    return placed(snapshot, spec("own", d -> d.vcpus(vcpus).dedicated())).pins().allVcpuCpus();
  }

  private static HostDevice function(int number, int node) {
    return new HostDevice("fast-net", "0000:3b:02." + number, "8086:154c", node, true, "ens1f0");
  }

  private static HostView given(HostView view, HostDevice... devices) {
    return view.withInventory(view.inventory().withDevices(List.of(devices)));
  }

  @Test
  void devicesAreGivenOnceAndDrawTheVmToTheirNode() {
    Snapshot two =
        snapshot(given(view("h1", nodes(2, 4, 1, 8 * GIB)), function(0, 1), function(1, 1)));
    VmSpec one = spec("a", d -> d.devices("fast-net", 1));

    Assignment first = placed(two, one);

    assertThat(first.devices())
        .containsExactly(new AssignedDevice("fast-net", "0000:3b:02.0", true));
    assertThat(first.pins().allVcpuCpus()).isEqualTo(CpuSet.of(4));
    Snapshot running = Cluster.running(two, one);
    assertThat(placed(running, one).devices()).isEqualTo(first.devices());
    assertThat(placed(running, spec("b", d -> d.devices("fast-net", 1))).devices())
        .containsExactly(new AssignedDevice("fast-net", "0000:3b:02.1", true));
    Veto veto = vetoes(running, spec("b", d -> d.devices("fast-net", 2)), "h1").getFirst();
    assertThat(veto).isEqualTo(new ResourceVeto.NotEnoughDevices(host("h1"), "fast-net", 2, 1, 2));
    assertThat(veto.smallestChange()).isEqualTo("free 1 device of pool 'fast-net' on h1");
    assertThat(vetoes(running, spec("b", d -> d.devices("gpu", 1)), "h1").getFirst().reason())
        .isEqualTo("has no devices of pool 'gpu'");
  }

  @Test
  void aBatchNeverGivesADeviceTwice() {
    Snapshot one =
        snapshot(given(view("h1", nodes(1, 4, 1, 8 * GIB)), function(0, -1), function(1, -1)));

    PlacementResult result =
        place(
            one,
            spec("a", d -> d.devices("fast-net", 1)),
            spec("b", d -> d.devices("fast-net", 1)),
            spec("c", d -> d.devices("fast-net", 1)));

    assertThat(result.placed().values())
        .flatExtracting(placement -> placement.assignment().devices())
        .extracting(AssignedDevice::address)
        .containsExactlyInAnyOrder("0000:3b:02.0", "0000:3b:02.1");
    assertThat(result.unplaceable()).hasSize(1);
  }

  @Test
  void aVmWithADeviceDoesNotLeaveItsHostWhileItRuns() {
    Snapshot two =
        snapshot(
            given(view("h1", nodes(1, 4, 1, 8 * GIB)), function(0, 0)),
            given(view("h2", nodes(1, 4, 1, 8 * GIB)), function(0, 0)));
    VmSpec vm = spec("a", d -> d.devices("fast-net", 1));
    Snapshot running = Cluster.running(two, vm.withHosts(new TreeSet<>(List.of(host("h1")))));

    assertThat(running.assignments().get(vm("a")).devices()).hasSize(1);
    assertThat(vetoes(running, vm, "h2"))
        .singleElement()
        .extracting(Veto::reason)
        .isEqualTo("cannot take the running VM: it has devices of its host");
  }
}
