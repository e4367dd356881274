package dev.ballast.core.check;

import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.check.Presence.Arrival;
import dev.ballast.core.check.Presence.Standing;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Who may run where at once, against going through all steps anew; on plans of any order. */
class PresenceTest {
  private static final int HOSTS = 3;
  private static final int VMS = 6;

  @Property(tries = 500)
  void whoMayRunIsWhatGoingThroughAllStepsSays(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = snapshot(random);
    Order order = new Order(plan(random));
    Presence presence = new Presence(snapshot, order);

    for (HostView host : snapshot.hosts().values()) {
      for (PlanStep step : order.steps()) {
        Map<VmName, Standing> anew = anew(snapshot, order, host, step);
        for (int i = 0; i < VMS; i++) {
          VmName name = name(i);
          Standing standing = presence.standing(host.name(), name, step.number());
          assertThat(standing).isEqualTo(anew.getOrDefault(name, Standing.ABSENT));
          if (!presence.exceptions(host.name(), step.number()).contains(name)) {
            assertThat(presence.usual(host.name(), name)).as("usually").isEqualTo(standing);
          }
          if (standing != Standing.ABSENT) {
            assertThat(presence.vms(host.name())).contains(name);
            assertThat(presence.hosts(name)).contains(host.name());
          }
        }
      }
    }
  }

  @Property(tries = 500)
  void roomIsWhatAddingUpAnewSays(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = snapshot(random);
    Plan plan = plan(random);
    Order order = new Order(plan);
    PlanChecker.Wanted wanted = PlanChecker.Wanted.after(snapshot, plan);

    List<Violation> violations = new ArrayList<>();
    new RoomCheck(snapshot, wanted, order, new Presence(snapshot, order), violations).run();

    List<Violation> anew = new ArrayList<>();
    RoomAnew room = new RoomAnew(wanted, anew);
    for (PlanStep step : order.steps()) {
      Presence.arrival(step)
          .ifPresent(
              arrival -> {
                HostView host = snapshot.hosts().get(arrival.host());
                room.arrival(step, host, arrival.vm(), anew(snapshot, order, host, step));
              });
    }
    assertThat(violations).isEqualTo(anew);
  }

  /** As the definition says: all steps, in their order. */
  private static Map<VmName, Standing> anew(
      Snapshot snapshot, Order order, HostView host, PlanStep last) {
    Map<VmName, Standing> result = new TreeMap<>();
    snapshot.hosts().get(host.name()).domains().values().stream()
        .filter(domain -> domain.state().isActive())
        .forEach(domain -> result.put(domain.name(), Standing.STAYS));
    for (PlanStep step : order.steps()) {
      Action action = step.planned().action();
      boolean leaves =
          action instanceof ShutdownDomain
              || action instanceof DestroyDomain
              || action instanceof MigrateDomain;
      if (leaves
          && step.host().equals(host.name())
          && order.isAfter(last.number(), step.number())) {
        result.remove(vmOf(action));
      }
      if (Presence.arrival(step).equals(Optional.of(new Arrival(vmOf(action), host.name())))
          && !order.isAfter(step.number(), last.number())) {
        result.put(vmOf(action), Standing.COMES);
      }
    }
    return result;
  }

  private static VmName vmOf(Action action) {
    return switch (action) {
      case StartDomain(VmName vm) -> vm;
      case ShutdownDomain(VmName vm, long ignored) -> vm;
      case DestroyDomain(VmName vm) -> vm;
      case MigrateDomain migrate -> migrate.vm();
      case PinCpus(VmName vm, CpuPins ignored) -> vm;
      default -> throw new AssertionError(action);
    };
  }

  private static VmName name(int i) {
    return vm("vm-" + i);
  }

  private static Snapshot snapshot(SplittableRandom random) {
    HostView[] views = new HostView[HOSTS];
    for (int i = 0; i < HOSTS; i++) {
      Topology topology =
          Sample.nodes(random.nextInt(1, 3), 2, 1, random.nextLong(1, 8) * 512 * MIB);
      views[i] = Sample.view("h" + i, topology);
      if (random.nextInt(3) == 0) {
        HostSetting pages = new HostSetting.Hugepages(2 * MIB, 0, random.nextInt(300));
        views[i] = views[i].withSettings(new TreeMap<>(Map.of(pages.key(), pages)));
      }
      for (int v = 0; v < VMS; v++) {
        if (random.nextInt(3) == 0) {
          views[i] =
              Sample.with(
                  views[i],
                  Sample.foreign(
                      "vm-" + v,
                      random.nextInt(1, 3),
                      random.nextLong(1, 8) * 128 * MIB,
                      cpus(random)));
        }
      }
    }
    return Sample.snapshot(views);
  }

  private static CpuSet cpus(SplittableRandom random) {
    return random.nextBoolean() ? CpuSet.of(random.nextInt(4)) : CpuSet.range(0, 3);
  }

  private static Plan plan(SplittableRandom random) {
    List<PlanStep> steps = new ArrayList<>();
    int count = random.nextInt(1, 14);
    for (int number = 1; number <= count; number++) {
      TreeSet<Integer> after = new TreeSet<>();
      for (int earlier = 1; earlier < number; earlier++) {
        if (random.nextInt(4) == 0) {
          after.add(earlier);
        }
      }
      steps.add(
          new PlanStep(
              number,
              host("h" + random.nextInt(HOSTS)),
              new PlannedAction(action(random), new NoDomain()),
              after));
    }
    return new Plan("random", Origin.OPERATOR, 1, steps, changes(random), List.of());
  }

  private static Action action(SplittableRandom random) {
    VmName vm = name(random.nextInt(VMS));
    return switch (random.nextInt(5)) {
      case 0, 1 -> new StartDomain(vm);
      case 2 -> random.nextBoolean() ? new ShutdownDomain(vm, 1_000) : new DestroyDomain(vm);
      case 3 ->
          new MigrateDomain(
              vm,
              host("h" + random.nextInt(HOSTS)),
              "qemu+tcp://target/system",
              CpuPins.uniform(1, CpuSet.of(0)),
              MigrationLimits.DEFAULT);
      default -> new PinCpus(vm, CpuPins.uniform(1, CpuSet.of(0)));
    };
  }

  private static List<DesiredChange> changes(SplittableRandom random) {
    List<DesiredChange> changes = new ArrayList<>();
    for (int i = 0; i < VMS; i++) {
      if (random.nextInt(4) > 0) {
        SpecDraft draft =
            new SpecDraft(
                Sample.spec("vm-" + i, random.nextInt(1, 3), random.nextLong(1, 8) * 128 * MIB));
        draft = random.nextInt(3) == 0 ? draft.apart("a", "b") : draft.apart("b");
        draft = random.nextInt(3) == 0 ? draft.hugepages(2 * MIB) : draft;
        changes.add(new DesiredChange.PutSpec(draft.vm()));
      }
      if (random.nextInt(4) > 0) {
        CpuPins pins = CpuPins.uniform(random.nextInt(1, 3), cpus(random));
        changes.add(
            new DesiredChange.PutAssignment(
                new Assignment(name(i), host("h" + random.nextInt(HOSTS)), pins, false)));
      }
    }
    return changes;
  }
}
