package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.ResourceVeto;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Hugepages, devices and wide VMs on small random hosts, counted here for themselves. */
class ResourcePropertiesTest {
  private static final ApplyPlanner PLANNER = new ApplyPlanner();
  private static final long PAGE = 2L << 20;
  private static final String POOL = "fast-net";

  @Property(tries = 200)
  void plansPassTheCheckerAndGiveNothingTwice(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot before = hosts(random);
    if (PLANNER.plan(before, specs(random), PlacementPolicy.DEFAULT)
        instanceof PlanResult.Planned(Plan plan)) {
      assertThat(PlanChecker.check(before, plan)).as(PlanText.render(plan)).isEmpty();
      Snapshot after = Enactment.of(before, plan);
      assertThat(DriftDetector.detect(after)).isEmpty();
      after.hosts().values().forEach(host -> recount(after, host));
    }
  }

  @Property(tries = 60)
  void theSameInputGivesTheSameBytes(@ForAll long seed) {
    Snapshot snapshot = hosts(new SplittableRandom(seed));
    List<VmSpec> wanted = specs(new SplittableRandom(seed));

    assertThat(PLANNER.plan(snapshot, wanted.reversed(), PlacementPolicy.DEFAULT))
        .isEqualTo(PLANNER.plan(snapshot, wanted, PlacementPolicy.DEFAULT));
  }

  @Property(tries = 200)
  void whatVetoesNameLiftsThem(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot before = hosts(random);
    Snapshot snapshot =
        PLANNER.plan(before, specs(random), PlacementPolicy.DEFAULT)
                instanceof PlanResult.Planned(Plan plan)
            ? Enactment.of(before, plan)
            : before;
    VmSpec vm = spec(random, "late");
    BestFitPlacer placer = new BestFitPlacer();
    for (HostName host : snapshot.hosts().keySet()) {
      List<Veto> vetoes = placer.vetoes(snapshot, vm, host, PlacementPolicy.DEFAULT);
      boolean ours =
          vetoes.stream().allMatch(veto -> veto instanceof ResourceVeto)
              && vetoes.stream()
                      .filter(veto -> veto instanceof ResourceVeto.NotEnoughHugepages)
                      .count()
                  < 2;
      if (ours) {
        Snapshot lifted = snapshot;
        VmSpec changed = vm;
        for (Veto veto : vetoes) {
          lifted = lift(lifted, (ResourceVeto) veto);
          changed =
              veto instanceof ResourceVeto.TooWide wide ? changed.withVcpus(wide.vcpus()) : changed;
        }
        assertThat(placer.vetoes(lifted, changed, host, PlacementPolicy.DEFAULT))
            .as("before: %s", vetoes)
            .isEmpty();
      }
    }
  }

  @Property(tries = 100)
  void dedicatedVmsTouchAsFewCachesAsTheyCan(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot one = Sample.snapshot(host(random, "h1", 1));
    Topology topology = one.hosts().firstEntry().getValue().inventory().topology();
    int vcpus = random.nextInt(1, topology.onlineCpus().size() + 1);
    VmSpec vm = Sample.spec("own", d -> d.vcpus(vcpus).memory(PAGE).dedicated());
    var placed = new BestFitPlacer().place(one, List.of(vm), PlacementPolicy.DEFAULT).placed();
    if (!placed.isEmpty()) {
      CpuSet cpus = placed.firstEntry().getValue().assignment().pins().allVcpuCpus();
      long touched =
          topology.lastLevelCache().groups().stream()
              .filter(group -> group.intersects(cpus))
              .count();
      List<Integer> sizes =
          topology.lastLevelCache().groups().stream().map(CpuSet::size).sorted().toList();
      int fewest = 0;
      int covered = 0;
      while (covered < vcpus) {
        covered += sizes.reversed().get(fewest++);
      }
      assertThat(touched).isEqualTo(fewest);
    }
  }

  /** Pages of each node, addresses, and that a wide VM lies evenly on the fewest nodes. */
  private static void recount(Snapshot snapshot, HostView host) {
    Set<String> addresses = new HashSet<>();
    SortedMap<Integer, Long> pages = new TreeMap<>();
    for (Assignment assignment : snapshot.assignments().values()) {
      if (!assignment.host().equals(host.name())) {
        continue;
      }
      VmSpec spec = snapshot.specs().get(assignment.vm());
      for (AssignedDevice device : assignment.devices()) {
        assertThat(addresses.add(device.address())).isTrue();
      }
      assertThat(assignment.devices()).hasSize(spec.resources().devices().getOrDefault(POOL, 0));
      List<Integer> nodes = nodes(host, assignment.pins().allVcpuCpus());
      assertThat(nodes).hasSize(assignment.cells());
      if (spec.resources().hugepageBytes().isPresent()) {
        long each = Math.ceilDiv(spec.memoryBytes() / PAGE, nodes.size());
        nodes.forEach(node -> pages.merge(node, each, Long::sum));
      }
    }
    pages.forEach((node, count) -> assertThat(count).isLessThanOrEqualTo(pagesOf(host, node)));
  }

  private static List<Integer> nodes(HostView host, CpuSet cpus) {
    return host.inventory().topology().numaNodes().stream()
        .filter(node -> node.cpus().intersects(cpus))
        .map(NumaNode::id)
        .toList();
  }

  private static long pagesOf(HostView host, int node) {
    return host.settings().get(Hugepages.key(PAGE, node)) instanceof Hugepages pages
        ? pages.count()
        : 0;
  }

  private static Snapshot lift(Snapshot snapshot, ResourceVeto veto) {
    HostView host = snapshot.hosts().get(veto.host());
    return switch (veto) {
      case ResourceVeto.NoHugepageSize v -> Sample.with(snapshot, paged(host, 0, v.pageBytes(), 0));
      case ResourceVeto.NotEnoughHugepages v ->
          v.canGrow()
              ? Sample.with(
                  snapshot, paged(host, v.node(), v.pageBytes(), v.totalPages() + v.missingPages()))
              : Sample.with(snapshot, freed(host, v));
      case ResourceVeto.NotEnoughDevices v -> {
        List<HostDevice> devices = new ArrayList<>(host.inventory().devices());
        for (int i = v.free(); i < v.needed(); i++) {
          devices.add(device(64 + i, 0));
        }
        yield Sample.with(snapshot, host.withInventory(host.inventory().withDevices(devices)));
      }
      case ResourceVeto.TooWide ignored -> snapshot;
      case ResourceVeto.NotMovable ignored -> snapshot;
    };
  }

  private static HostView paged(HostView host, int node, long pageBytes, long count) {
    SortedMap<String, HostSetting> settings = new TreeMap<>(host.settings());
    Hugepages pages = new Hugepages(pageBytes, node, count);
    settings.put(pages.key(), pages);
    return host.withSettings(settings);
  }

  /** As if others had given back what is missing: more pages, of more memory. */
  private static HostView freed(HostView host, ResourceVeto.NotEnoughHugepages veto) {
    long bytes = veto.missingPages() * veto.pageBytes();
    Topology old = host.inventory().topology();
    Topology larger =
        new Topology(
            old.onlineCpus(),
            old.packages(),
            old.cores(),
            old.numaNodes().stream()
                .map(
                    node ->
                        new NumaNode(
                            node.id(),
                            node.cpus(),
                            node.memoryBytes() + (node.id() == veto.node() ? bytes : 0),
                            node.distances(),
                            node.hugepages()))
                .toList(),
            old.lastLevelCache());
    HostView grown =
        Sample.view(host.name().value(), larger)
            .withDomains(host.domains())
            .withSettings(host.settings());
    grown = grown.withInventory(grown.inventory().withDevices(host.inventory().devices()));
    return paged(grown, veto.node(), veto.pageBytes(), veto.totalPages() + veto.missingPages());
  }

  private static Snapshot hosts(SplittableRandom random) {
    return random.nextBoolean()
        ? Sample.snapshot(host(random, "h1", random.nextInt(1, 5)))
        : Sample.snapshot(
            host(random, "h1", random.nextInt(1, 5)), host(random, "h2", random.nextInt(1, 3)));
  }

  private static HostView host(SplittableRandom random, String name, int nodes) {
    int threads = random.nextInt(1, 3);
    Topology plain =
        Sample.nodes(nodes, threads * random.nextInt(2, 6), threads, random.nextLong(4, 9) << 30);
    List<CpuSet> caches = new ArrayList<>();
    for (NumaNode node : plain.numaNodes()) {
      int size = threads * random.nextInt(1, 4);
      for (int cpu = node.cpus().first(); node.cpus().contains(cpu); cpu += size) {
        caches.add(CpuSet.range(cpu, cpu + size - 1).intersect(node.cpus()));
      }
    }
    Topology topology =
        new Topology(
            plain.onlineCpus(),
            plain.packages(),
            plain.cores(),
            plain.numaNodes(),
            new CacheLevel(3, caches));
    HostView view = Sample.view(name, topology);
    for (int node = 0; node < nodes; node++) {
      if (random.nextInt(4) > 0) {
        view = paged(view, node, PAGE, random.nextLong(0, 1500));
      }
    }
    List<HostDevice> devices = new ArrayList<>();
    for (int i = random.nextInt(0, 4); i > 0; i--) {
      devices.add(device(i, random.nextInt(nodes + 1) - 1));
    }
    return view.withInventory(view.inventory().withDevices(devices));
  }

  private static HostDevice device(int number, int node) {
    String address = "0000:3b:%02x.%d".formatted(number / 8, number % 8);
    return new HostDevice(POOL, address, "8086:154c", node, true, "ens1f0");
  }

  private static List<VmSpec> specs(SplittableRandom random) {
    List<VmSpec> result = new ArrayList<>();
    for (int i = random.nextInt(0, 6); i > 0; i--) {
      result.add(spec(random, "vm-" + i));
    }
    return result;
  }

  private static VmSpec spec(SplittableRandom random, String name) {
    SpecDraft draft =
        new SpecDraft(Sample.spec(name, random.nextInt(1, 9), PAGE * random.nextLong(1, 2000)));
    if (random.nextInt(3) == 0) {
      draft = draft.hugepages(PAGE);
    }
    if (random.nextInt(4) == 0) {
      draft = draft.devices(POOL, random.nextInt(1, 3));
    }
    VmSpec vm = draft.vm();
    return random.nextInt(4) == 0 ? vm.withCpuPolicy(CpuPolicy.DEDICATED) : vm;
  }
}
