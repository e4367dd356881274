package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplyPlannerTest {
  private static final ApplyPlanner PLANNER = new ApplyPlanner();

  private final Snapshot empty = snapshot(lab("h1"), lab("h2"));

  @Test
  void newVmsAreSpreadDefinedAndThenStarted() {
    Plan plan = planned(empty, guests(4));

    assertThat(plan.steps()).hasSize(8);
    assertThat(describe(plan).subList(0, 4)).allMatch(text -> text.contains("define web-"));
    assertThat(describe(plan).subList(4, 8)).allMatch(text -> text.contains("start web-"));
    assertThat(plan.steps().getLast().after()).containsExactly(4);
    assertThat(plan.steps().getFirst().planned().expectation())
        .isEqualTo(new Expectation.NoDomain());
    Snapshot after = Enactment.of(empty, plan);
    assertThat(after.hosts().get(host("h1")).domains()).hasSize(2);
    assertThat(after.hosts().get(host("h2")).domains()).hasSize(2);
    assertThat(after.assignments().values())
        .filteredOn(a -> a.host().equals(host("h1")))
        .extracting(a -> a.pins().vcpus().getFirst().toString())
        .containsExactlyInAnyOrder("0", "1");
    assertThat(plan.decisions()).filteredOn(d -> d.kind().equals("place")).hasSize(4);
  }

  @Test
  void aFolderThatIsAppliedAlreadyNeedsNothing() {
    Snapshot after = Enactment.of(empty, planned(empty, guests(4)));

    Plan again = planned(after, guests(4));

    assertThat(again.steps()).isEmpty();
    assertThat(again.changes()).isEmpty();
  }

  @Test
  void theSameSnapshotGivesTheSamePlan() {
    List<VmSpec> reversed = new ArrayList<>(guests(4)).reversed();

    assertThat(planned(empty, guests(4))).isEqualTo(planned(empty, reversed));
  }

  @Test
  void aStoppedVmIsOnlyDefined() {
    Plan plan = planned(empty, List.of(spec("web-1", SpecDraft::stopped)));

    assertThat(describe(plan)).singleElement().asString().contains("define web-1");
  }

  @Test
  void aVmThatIsToStopIsShutDown() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));

    Plan plan = planned(running, List.of(spec("web-1", SpecDraft::stopped)));

    assertThat(describe(plan)).singleElement().asString().contains("shut down web-1");
  }

  @Test
  void aShutOffVmThatIsToRunIsStarted() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));
    Snapshot off =
        Sample.with(running, Enactment.state(h1(running), vm("web-1"), DomainState.SHUT_OFF));

    Plan plan = planned(off, List.of(guest("web-1")));

    assertThat(describe(plan)).singleElement().asString().contains("start web-1");
    assertThat(plan.steps().getFirst().planned().expectation())
        .isEqualTo(Expectation.DomainRecord.of(h1(off).domains().get(vm("web-1"))));
  }

  @Test
  void aRunningVmIsRedefinedButNeverRestarted() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));

    Plan plan = planned(running, List.of(spec("web-1", d -> d.memory(256 * MIB))));

    assertThat(describe(plan)).singleElement().asString().contains("define web-1");
    assertThat(plan.decisions())
        .extracting(d -> d.reason())
        .anyMatch(reason -> reason.contains("takes effect at its next start"));
    assertThat(plan.inverse()).contains(new DesiredChange.PutSpec(guest("web-1")));
  }

  @Test
  void moreVcpusAreDefinedForTheNextStartWithoutTouchingLivePins() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));

    Plan plan = planned(running, List.of(spec("web-1", d -> d.vcpus(2))));

    assertThat(describe(plan)).singleElement().asString().contains("define web-1");
    Snapshot after = Enactment.of(running, plan);
    assertThat(planned(after, List.of(spec("web-1", d -> d.vcpus(2)))).steps()).isEmpty();
  }

  @Test
  void pinsWrittenByPeopleAreHonouredAndMovedLive() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));
    CpuPins pins = CpuPins.uniform(1, CpuSet.of(1));

    Plan plan = planned(running, List.of(spec("web-1", d -> d.pins(pins))));

    assertThat(describe(plan)).singleElement().asString().contains("pin web-1: vcpu0 to 1");
    Snapshot after = Enactment.of(running, plan);
    assertThat(after.assignments().get(vm("web-1")).pins()).isEqualTo(pins);
  }

  @Test
  void driftedPinsAreRepairedAndSaidSo() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));
    ObservedDomain domain = h1(running).domains().get(vm("web-1"));
    Snapshot drifted =
        Sample.with(
            running,
            Sample.with(
                h1(running), Enactment.pinnedLive(domain, CpuPins.uniform(1, CpuSet.of(1)))));

    Plan plan = planned(drifted, List.of(guest("web-1")));

    assertThat(describe(plan)).singleElement().asString().contains("pin web-1: vcpu0 to 0");
    assertThat(plan.decisions()).anyMatch(d -> d.reason().contains("drifted"));
  }

  @Test
  void aDomainOfAnotherOwnerIsNotTouched() {
    Snapshot taken =
        Sample.with(
            empty, Sample.with(lab("h2"), Sample.foreign("web-1", 1, 128 * MIB, CpuSet.of(0))));

    assertThat(problems(taken, List.of(guest("web-1"))))
        .singleElement()
        .asString()
        .contains("web-1", "belongs to another owner", "h2");
  }

  @Test
  void whatAnUnfinishedOperationLeftIsTakenUp() {
    Plan plan = planned(empty, List.of(guest("web-1")));
    Snapshot defined = Enactment.partly(empty, plan, 1);

    Plan second = planned(defined, List.of(guest("web-1")));

    assertThat(describe(second)).singleElement().asString().contains("start web-1");
    assertThat(second.changes()).hasSize(2);
  }

  @Test
  void aMissingDomainIsDefinedAgainWhereItWas() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));
    Snapshot lost = Sample.with(running, Sample.without(h1(running), "web-1"));

    Plan plan = planned(lost, List.of(guest("web-1")));

    assertThat(describe(plan)).hasSize(2).allMatch(text -> text.startsWith("h1 "));
    assertThat(plan.decisions()).anyMatch(d -> d.reason().contains("missing on h1"));
  }

  @Test
  void aDisconnectedHostIsNamed() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));
    Snapshot cut = Sample.with(running, Sample.in(h1(running), false, false, false));

    assertThat(problems(cut, List.of(spec("web-1", d -> d.memory(256 * MIB)))))
        .singleElement()
        .asString()
        .contains("h1", "not connected");
    assertThat(planned(cut, List.of(guest("web-1"), guest("web-2"))).steps()).hasSize(2);
  }

  @Test
  void undeclaredVmsStayUnlessPruned() {
    Snapshot running = Enactment.of(empty, planned(empty, guests(2)));

    assertThat(planned(running, List.of(guest("web-1"))).steps()).isEmpty();
    Plan pruned =
        ((PlanResult.Planned)
                PLANNER.plan(running, List.of(guest("web-1")), PlacementPolicy.DEFAULT, true))
            .plan();
    assertThat(describe(pruned))
        .satisfiesExactly(
            text -> assertThat(text).contains("shut down web-2"),
            text -> assertThat(text).contains("undefine web-2"));
    assertThat(pruned.steps().getLast().after()).containsExactly(1);
    assertThat(PlanChecker.check(running, pruned)).isEmpty();
    assertThat(Enactment.of(running, pruned).specs()).containsOnlyKeys(vm("web-1"));
  }

  @Test
  void tooMuchMemoryIsRefusedWithTheSmallestChange() {
    VmSpec large = spec("web-9", d -> d.memory(24 * GIB));

    assertThat(problems(empty, List.of(large)))
        .singleElement()
        .asString()
        .startsWith("web-9: no host can take web-9: h1 needs ")
        .contains("MiB more memory", "smallest change: free ");
  }

  @Test
  void aVmThatMayNoLongerBeWhereItIsIsAProblem() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));

    assertThat(problems(running, List.of(spec("web-1", d -> d.hosts("h2")))))
        .singleElement()
        .asString()
        .contains("is on h1", "cannot migrate; h2 takes no migration");
  }

  @Test
  void emulatorsLeaveCpusThatBecomeDedicatedBeforeTheDedicatedVmStarts() {
    Snapshot one = snapshot(Sample.view("h1", Sample.flat(4, 8 * GIB)));
    Snapshot shared = Enactment.of(one, planned(one, List.of(guest("web-1"))));

    Plan plan = planned(shared, List.of(guest("web-1"), spec("db-1", d -> d.dedicated().vcpus(2))));

    Snapshot after = Enactment.of(shared, plan);
    CpuSet own = after.assignments().get(vm("db-1")).pins().allVcpuCpus();
    assertThat(own).isEqualTo(CpuSet.of(1, 2));
    assertThat(after.assignments().get(vm("web-1")).pins().emulator()).isEqualTo(CpuSet.of(0, 3));
    assertThat(describe(plan))
        .satisfiesExactly(
            text -> assertThat(text).contains("define db-1"),
            text -> assertThat(text).contains("pin web-1"),
            text -> assertThat(text).contains("start db-1"));
    assertThat(plan.steps().getLast().after()).containsExactly(1, 2);
  }

  @Test
  void frozenThingsStay() {
    Snapshot running = Enactment.of(empty, planned(empty, List.of(guest("web-1"))));

    assertThat(
            problems(
                Sample.frozen(running, "web-1"), List.of(spec("web-1", d -> d.memory(256 * MIB)))))
        .anyMatch(problem -> problem.toString().contains("web-1: is frozen"));
  }

  private static HostView h1(Snapshot snapshot) {
    return snapshot.hosts().get(host("h1"));
  }

  private static VmSpec guest(String name) {
    return spec(name, 1, 128 * MIB);
  }

  private static List<VmSpec> guests(int count) {
    List<VmSpec> result = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      result.add(guest("web-" + i));
    }
    return result;
  }

  private static Plan planned(Snapshot snapshot, List<VmSpec> specs) {
    PlanResult result = PLANNER.plan(snapshot, specs, PlacementPolicy.DEFAULT);
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    Plan plan = ((PlanResult.Planned) result).plan();
    assertThat(PlanChecker.check(snapshot, plan)).isEmpty();
    return plan;
  }

  private static List<PlanProblem> problems(Snapshot snapshot, List<VmSpec> specs) {
    PlanResult result = PLANNER.plan(snapshot, specs, PlacementPolicy.DEFAULT);
    assertThat(result).isInstanceOf(PlanResult.Impossible.class);
    return ((PlanResult.Impossible) result).problems();
  }

  private static List<String> describe(Plan plan) {
    return plan.steps().stream()
        .map(step -> step.host() + " " + step.planned().action().describe())
        .toList();
  }
}
