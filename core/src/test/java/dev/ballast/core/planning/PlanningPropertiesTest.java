package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.balance.ReliefDecision;
import dev.ballast.core.balance.ReliefHistory;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.balance.RepinRelief;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
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
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every cluster, made from a seed. */
class PlanningPropertiesTest {
  private static final ApplyPlanner PLANNER = new ApplyPlanner();

  @Property(tries = 300)
  void everyPlanPassesTheCheckerAndReachesWhatWasWanted(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = hosts(random);
    for (int round = 0; round < 3; round++) {
      List<VmSpec> wanted = specs(random);
      PlanResult result =
          PLANNER.plan(snapshot, wanted, PlacementPolicy.DEFAULT, random.nextBoolean());
      if (result instanceof PlanResult.Planned(Plan plan)) {
        assertThat(PlanChecker.check(snapshot, plan)).as(PlanText.render(plan)).isEmpty();
        Snapshot after = Enactment.of(snapshot, plan);
        assertThat(again(after, wanted).steps()).isEmpty();
        assertThat(DriftDetector.detect(after)).isEmpty();
        snapshot = after;
      } else {
        assertThat(((PlanResult.Impossible) result).problems()).isNotEmpty();
      }
    }
  }

  @Property(tries = 100)
  void theSameInputGivesTheSameBytes(@ForAll long seed) {
    Snapshot snapshot = hosts(new SplittableRandom(seed));
    List<VmSpec> wanted = specs(new SplittableRandom(seed));
    List<VmSpec> shuffled = new ArrayList<>(wanted).reversed();

    PlanResult first = PLANNER.plan(snapshot, wanted, PlacementPolicy.DEFAULT);
    PlanResult second = PLANNER.plan(snapshot, shuffled, PlacementPolicy.DEFAULT);

    assertThat(second).isEqualTo(first);
    if (first instanceof PlanResult.Planned(Plan a)
        && second instanceof PlanResult.Planned(Plan b)) {
      assertThat(PlanText.render(b)).isEqualTo(PlanText.render(a));
    }
  }

  @Property(tries = 200)
  void aRollbackPassesTheCheckerAndRestoresWhatWas(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot before = applied(hosts(random), specs(random));
    if (PLANNER.plan(before, specs(random), PlacementPolicy.DEFAULT)
        instanceof PlanResult.Planned(Plan plan)) {
      Snapshot after = Enactment.of(before, plan);
      PlanResult result = new RollbackPlanner().plan(after, Enactment.operation("op-1", plan));
      if (result instanceof PlanResult.Impossible(List<PlanProblem> problems)) {
        // A VM that the operation stopped may have lost its room to one that it started.
        assertThat(problems)
            .allMatch(problem -> problem.message().contains("cannot be on its host again"));
        return;
      }
      Plan back = ((PlanResult.Planned) result).plan();
      assertThat(PlanChecker.check(after, back))
          .as(PlanText.render(plan) + PlanText.render(back))
          .isEmpty();
      Snapshot restored = Enactment.of(after, back);
      assertThat(restored.specs()).isEqualTo(before.specs());
      assertThat(restored.assignments()).isEqualTo(before.assignments());
      assertThat(DriftDetector.detect(restored)).isEqualTo(DriftDetector.detect(before));
    }
  }

  @Property(tries = 300)
  void liftingWhatTheVetoesNameMakesTheHostEligible(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = applied(hosts(random), specs(random));
    VmSpec vm = spec(random, "late");
    for (HostName host : snapshot.hosts().keySet()) {
      if (isWide(vm, snapshot.hosts().get(host))) {
        continue; // a larger node would take it whole: ResourcesTest frees what others have
      }
      BestFitPlacer placer = new BestFitPlacer();
      List<Veto> vetoes = placer.vetoes(snapshot, vm, host, PlacementPolicy.DEFAULT);
      Snapshot lifted = snapshot;
      VmSpec changed = vm;
      for (Veto veto : vetoes) {
        changed = lift(changed, veto);
        lifted = lift(lifted, veto);
      }
      assertThat(placer.vetoes(lifted, changed, host, PlacementPolicy.DEFAULT)).isEmpty();
    }
  }

  @Property(tries = 300)
  void reliefPassesTheCheckerLowersTheOverloadAndNeverMovesWithoutAHotSpot(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = loaded(random, applied(hosts(random), specs(random)));
    for (HostView host : snapshot.hosts().values()) {
      Map<VmName, VmDemand> demand = demand(host);
      long highest = highest(host, demand, snapshot);
      CpuAlert alert =
          new CpuAlert(
              1,
              1,
              CpuAlert.Kind.HOT_HOST,
              host.inventory().topology().onlineCpus(),
              highest,
              900,
              List.copyOf(host.domains().keySet()));
      ReliefDecision decision =
          new RepinRelief()
              .decide(
                  snapshot,
                  host.name(),
                  alert,
                  demand,
                  ReliefPolicy.DEFAULT,
                  ReliefHistory.EMPTY,
                  5);
      switch (decision) {
        case ReliefDecision.Repin repin -> {
          assertThat(highest).isGreaterThan(ReliefPolicy.DEFAULT.targetMillis());
          assertThat(PlanChecker.check(snapshot, repin.plan())).isEmpty();
          Snapshot after = Enactment.of(snapshot, repin.plan());
          assertThat(highest(after.hosts().get(host.name()), demand, after))
              .isLessThanOrEqualTo(highest);
          assertThat(repin.plan().steps().size()).isBetween(1, ReliefPolicy.DEFAULT.maxMoves());
        }
        case ReliefDecision.Migrate ignored -> throw new AssertionError("re-pins only");
        case ReliefDecision.Wait wait -> assertThat(wait.decision().reason()).isNotBlank();
      }
    }
  }

  private static Plan again(Snapshot snapshot, List<VmSpec> wanted) {
    PlanResult result = PLANNER.plan(snapshot, wanted, PlacementPolicy.DEFAULT);
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  private static Snapshot applied(Snapshot snapshot, List<VmSpec> wanted) {
    return PLANNER.plan(snapshot, wanted, PlacementPolicy.DEFAULT)
            instanceof PlanResult.Planned(Plan plan)
        ? Enactment.of(snapshot, plan)
        : snapshot;
  }

  private static Snapshot hosts(SplittableRandom random) {
    HostView[] views = new HostView[random.nextInt(1, 4)];
    for (int i = 0; i < views.length; i++) {
      int threads = random.nextInt(1, 3);
      Topology topology =
          Sample.nodes(
              random.nextInt(1, 3),
              threads * random.nextInt(1, 5),
              threads,
              random.nextLong(2, 9) * GIB);
      views[i] = Sample.view("h" + (i + 1), topology);
      if (random.nextInt(2) == 0) {
        views[i] = Sample.marked(views[i], "rack=r" + random.nextInt(2));
      }
      if (random.nextInt(6) == 0) {
        views[i] = Sample.marked(views[i], "!gpu", "rack=r0");
      }
      views[i] = views[i].withCordoned(random.nextInt(10) == 0);
      if (random.nextInt(8) == 0) {
        views[i] = Sample.in(views[i], random.nextBoolean(), random.nextBoolean(), false);
      }
      if (random.nextInt(4) == 0) {
        views[i] =
            Sample.with(views[i], Sample.foreign("other-" + i, 1, GIB, topology.onlineCpus()));
      }
    }
    return Sample.snapshot(views);
  }

  private static List<VmSpec> specs(SplittableRandom random) {
    List<VmSpec> result = new ArrayList<>();
    int count = random.nextInt(0, 7);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(5) > 0) {
        result.add(spec(random, "vm-" + i));
      }
    }
    return result;
  }

  private static VmSpec spec(SplittableRandom random, String name) {
    int vcpus = random.nextInt(1, 4);
    SpecDraft draft = new SpecDraft(Sample.spec(name, vcpus, random.nextLong(1, 13) * 128 * MIB));
    if (random.nextInt(4) == 0) {
      draft = draft.dedicated();
    }
    if (random.nextInt(4) == 0) {
      draft = draft.apart("group-" + random.nextInt(2));
    }
    if (random.nextInt(6) == 0) {
      draft = draft.hosts("h1", "h2");
    }
    if (random.nextInt(6) == 0) {
      draft = draft.stopped();
    }
    draft = wishes(random, draft);
    if (random.nextInt(6) == 0) {
      draft = draft.pins(CpuPins.uniform(vcpus, CpuSet.of(0)));
    }
    return draft.vm();
  }

  private static SpecDraft wishes(SplittableRandom random, SpecDraft plain) {
    SpecDraft draft = plain;
    if (random.nextInt(6) == 0) {
      draft = draft.together("pair-" + random.nextInt(2));
    }
    if (random.nextInt(6) == 0) {
      // All VMs of a group say the same; what says otherwise is refused as a specification.
      String over = random.nextBoolean() ? "rack" : "host";
      draft = draft.spread("spread-" + over, over, 1);
    }
    if (random.nextInt(8) == 0) {
      draft = draft.rules(r -> r.withHostLabels(new TreeMap<>(Map.of("rack", "r0"))));
    }
    if (random.nextInt(8) == 0) {
      draft = draft.rules(r -> r.withBannedHosts(new TreeSet<>(List.of(Sample.host("h1")))));
    }
    return random.nextInt(4) == 0
        ? draft.rules(r -> r.withTolerations(new TreeSet<>(List.of("gpu"))))
        : draft;
  }

  private static Snapshot loaded(SplittableRandom random, Snapshot snapshot) {
    Snapshot result = snapshot;
    for (HostView host : snapshot.hosts().values()) {
      List<VmLoad> vms = new ArrayList<>();
      for (var domain : host.domains().values()) {
        vms.add(
            new VmLoad(
                domain.name(), random.nextLong(0, 900L * domain.vcpus()), random.nextLong(800)));
      }
      result = Sample.with(result, Sample.with(host, new HostLoad(9, 0, 0, List.of(), vms)));
    }
    return result;
  }

  private static Map<VmName, VmDemand> demand(HostView host) {
    Map<VmName, VmDemand> result = new TreeMap<>();
    for (VmLoad load : host.load().vms()) {
      long high = load.usageMillis() + load.contentionMillis();
      result.put(
          load.vm(),
          new VmDemand(
              load.vm(), load.usageMillis(), Math.min(high, load.usageMillis() * 5 / 4), high));
    }
    return result;
  }

  /** The highest predicted load of a CPU, reckoned here for itself; rounding may add a little. */
  private static long highest(HostView host, Map<VmName, VmDemand> demand, Snapshot snapshot) {
    Map<Integer, Double> loads = new TreeMap<>();
    for (var domain : host.domains().values()) {
      if (domain.livePins().isEmpty()) {
        continue;
      }
      double each = (double) demand.get(domain.name()).expectedMillis() / domain.vcpus();
      for (var cpus : domain.livePins().get().vcpus()) {
        cpus.stream().forEach(cpu -> loads.merge(cpu, each / cpus.size(), Double::sum));
      }
    }
    assertThat(snapshot.hosts()).containsKey(host.name());
    return Math.round(loads.values().stream().mapToDouble(d -> d).max().orElse(0) + 8);
  }

  private static boolean isWide(VmSpec vm, HostView host) {
    return host.inventory().topology().numaNodes().stream()
        .allMatch(
            node ->
                node.cpus().size() < vm.vcpus()
                    || node.memoryBytes() < MemoryDemand.onHostBytes(vm.memoryBytes()));
  }

  private static VmSpec lift(VmSpec vm, Veto veto) {
    return switch (veto) {
      case Veto.NotAllowed v -> {
        TreeSet<HostName> hosts = new TreeSet<>(vm.hosts());
        hosts.add(v.host());
        yield vm.withPlacement(hosts, vm.pins());
      }
      case Veto.AntiAffinity v -> {
        TreeSet<String> groups = new TreeSet<>(vm.antiAffinity());
        groups.remove(v.group());
        yield new SpecDraft(vm).apart(groups.toArray(String[]::new)).vm();
      }
      case Veto.Affinity v -> {
        TreeSet<String> groups = new TreeSet<>(vm.rules().affinity());
        groups.remove(v.group());
        yield new SpecDraft(vm).together(groups.toArray(String[]::new)).vm();
      }
      case Veto.Banned v -> {
        TreeSet<HostName> banned = new TreeSet<>(vm.rules().bannedHosts());
        banned.remove(v.host());
        yield vm.withRules(vm.rules().withBannedHosts(banned));
      }
      case Veto.Tainted v -> {
        TreeSet<String> tolerated = new TreeSet<>(vm.rules().tolerations());
        tolerated.add(v.taint());
        yield vm.withRules(vm.rules().withTolerations(tolerated));
      }
      case ResourceVeto.TooWide v -> vm.withVcpus(v.vcpus());
      case Veto.SpreadFull v ->
          new SpecDraft(vm).spread(v.rule().group(), v.rule().over(), v.inside() + 1).vm();
      default -> vm;
    };
  }

  private static Snapshot lift(Snapshot snapshot, Veto veto) {
    HostView host = snapshot.hosts().get(veto.host());
    return switch (veto) {
      case Veto.NotConnected ignored ->
          Sample.with(snapshot, Sample.in(host, true, host.observeOnly(), host.frozen()));
      case Veto.ObserveOnly ignored ->
          Sample.with(snapshot, Sample.in(host, host.connected(), false, host.frozen()));
      case Veto.Cordoned ignored -> Sample.with(snapshot, host.withCordoned(false));
      case Veto.OtherLabel v -> labelled(snapshot, host, v.key(), v.wanted());
      case Veto.NoDomain v -> labelled(snapshot, host, v.rule().over(), "of-its-own");
      case Veto.Frozen ignored ->
          Sample.with(snapshot, Sample.in(host, host.connected(), host.observeOnly(), false));
      case Veto.NotEnoughMemory v ->
          Sample.with(snapshot, Sample.with(host, memory(host, v.missingBytes(), -1, 0)));
      case Veto.NotEnoughNodeMemory v ->
          Sample.with(snapshot, Sample.with(host, memory(host, 0, v.node(), v.missingBytes())));
      case Veto.PinsTaken v -> gone(snapshot, v.host(), v.owner());
      case Veto.TooFewCpus v ->
          Sample.with(snapshot, Sample.with(host, cores(host, v.node(), v.vcpus() - v.cpus())));
      case Veto.NoDedicatedCores v ->
          Sample.with(
              snapshot, Sample.with(host, cores(host, v.node(), v.neededCpus() - v.freeCpus())));
      case Veto.NoSharedCpuLeft ignored ->
          Sample.with(snapshot, Sample.with(host, cores(host, 0, 1)));
      default -> snapshot;
    };
  }

  private static Snapshot labelled(Snapshot snapshot, HostView host, String key, String value) {
    HostTraits old = host.inventory().traits();
    var labels = new TreeMap<>(old.labels());
    if (value.equals("of-its-own")) {
      labels.putIfAbsent(key, value);
    } else {
      labels.put(key, value);
    }
    return Sample.with(
        snapshot,
        Sample.with(host, host.inventory().withTraits(new HostTraits(labels, old.taints()))));
  }

  private static Snapshot gone(Snapshot snapshot, HostName host, VmName vm) {
    var specs = new TreeMap<>(snapshot.specs());
    var assignments = new TreeMap<>(snapshot.assignments());
    specs.remove(vm);
    assignments.remove(vm);
    Snapshot without =
        Sample.copy(
            snapshot,
            snapshot.hosts(),
            specs,
            assignments,
            snapshot.desiredKsm(),
            snapshot.frozenVms());
    return Sample.with(without, Sample.without(without.hosts().get(host), vm.value()));
  }

  /** The host with so many more cores of one CPU on the node. */
  private static HostInventory cores(HostView host, int nodeId, int more) {
    Topology topology = host.inventory().topology();
    int first = topology.onlineCpus().stream().max().orElseThrow() + 1;
    CpuSet added = CpuSet.range(first, first + more - 1);
    List<CpuSet> cores = new ArrayList<>(topology.cores());
    added.stream().forEach(cpu -> cores.add(CpuSet.of(cpu)));
    List<NumaNode> nodes = new ArrayList<>();
    for (NumaNode node : topology.numaNodes()) {
      CpuSet cpus = node.id() == nodeId ? node.cpus().union(added) : node.cpus();
      nodes.add(
          new NumaNode(node.id(), cpus, node.memoryBytes(), node.distances(), node.hugepages()));
    }
    return inventory(
        host,
        new Topology(
            topology.onlineCpus().union(added),
            topology.packages(),
            cores,
            nodes,
            topology.lastLevelCache()),
        host.inventory().memoryBytes());
  }

  private static HostInventory memory(HostView host, long more, int nodeId, long nodeMore) {
    HostInventory inventory = host.inventory();
    Topology topology = inventory.topology();
    List<NumaNode> nodes = new ArrayList<>();
    for (NumaNode node : topology.numaNodes()) {
      long bytes = node.memoryBytes() + (node.id() == nodeId ? nodeMore : 0);
      nodes.add(new NumaNode(node.id(), node.cpus(), bytes, node.distances(), node.hugepages()));
    }
    return inventory(
        host,
        new Topology(
            topology.onlineCpus(),
            topology.packages(),
            topology.cores(),
            nodes,
            topology.lastLevelCache()),
        inventory.memoryBytes() + more);
  }

  private static HostInventory inventory(HostView host, Topology topology, long memoryBytes) {
    HostInventory inventory = host.inventory();
    return new HostInventory(
        topology,
        inventory.cpuModel(),
        inventory.cpuFlags(),
        memoryBytes,
        inventory.cpuCapacityMillis(),
        inventory.cgroupVersion(),
        inventory.cgroupControllers(),
        inventory.versions(),
        inventory.lacks(),
        inventory.migrationUri(),
        inventory.traits());
  }
}
