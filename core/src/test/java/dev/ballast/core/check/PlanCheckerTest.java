package dev.ballast.core.check;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.drift.DesiredDomain;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each rule of the checker against a plan that breaks it and no other. */
class PlanCheckerTest {
  private static final CpuPins FRONT = CpuPins.uniform(1, CpuSet.of(0));
  private static final CpuPins REAR = CpuPins.uniform(1, CpuSet.of(1));

  private final Snapshot running =
      Cluster.running(
          snapshot(lab("h1"), lab("h2")), spec("web-1", d -> d.hosts("h1").apart("web")));
  private final HostView h1 = running.hosts().get(host("h1"));
  private final Expectation web1 = DomainRecord.of(h1.domains().get(vm("web-1")));

  @Test
  void aGoodPlanHasNoViolation() {
    assertThat(check(running, step("h1", new PinCpus(vm("web-1"), REAR), web1))).isEmpty();
  }

  @Test
  void hostsThatAreUnknownCutOffOrWithoutLibvirt() {
    assertThat(check(running, step("h9", new PinCpus(vm("web-1"), REAR), web1)))
        .containsExactly(Rule.HOST);
    Snapshot cut = Sample.with(running, Sample.in(h1, false, false, false));
    assertThat(check(cut, step("h1", new PinCpus(vm("web-1"), REAR), web1)))
        .containsExactly(Rule.HOST);
  }

  @Test
  void whatIsFrozenOrOnlyObserved() {
    PlanStep pin = step("h1", new PinCpus(vm("web-1"), REAR), web1);

    assertThat(check(Sample.with(running, Sample.in(h1, true, false, true)), pin))
        .containsExactly(Rule.FROZEN);
    assertThat(check(Sample.with(running, Sample.in(h1, true, true, false)), pin))
        .containsExactly(Rule.FROZEN);
    assertThat(check(Sample.frozen(running, "web-1"), pin)).containsExactly(Rule.FROZEN);
  }

  @Test
  void actionsThatAreNotLegalByThen() {
    assertThat(check(running, step("h1", new StartDomain(vm("web-1")), web1)))
        .containsExactly(Rule.STATE);
    assertThat(check(running, step("h1", new UndefineDomain(vm("web-1")), web1)))
        .containsExactly(Rule.STATE);
    assertThat(check(running, step("h2", new PinCpus(vm("web-1"), REAR), new NoDomain())))
        .containsExactly(Rule.STATE);
    HostView foreign = Sample.with(h1, Sample.foreign("other", 1, 128 * MIB, CpuSet.of(0)));
    HostView off = Enactment.state(foreign, vm("other"), DomainState.SHUT_OFF);
    assertThat(
            check(
                Sample.with(running, off),
                step(
                    "h1",
                    new UndefineDomain(vm("other")),
                    DomainRecord.of(off.domains().get(vm("other"))))))
        .containsExactly(Rule.STATE);
  }

  @Test
  void aVmThatRunsElsewhereIsNotStarted() {
    HostView off = Enactment.state(h1, vm("web-1"), DomainState.SHUT_OFF);
    HostView second = Sample.with(lab("h2"), off.domains().get(vm("web-1")));
    Snapshot twice = Sample.with(running, second);
    Expectation expectation = DomainRecord.of(second.domains().get(vm("web-1")));

    assertThat(check(twice, step("h2", new StartDomain(vm("web-1")), expectation)))
        .containsExactly(Rule.STATE, Rule.ALLOWED_HOSTS);
  }

  @Test
  void expectationsThatDoNotHold() {
    assertThat(check(running, step("h1", new PinCpus(vm("web-1"), REAR), new NoDomain())))
        .containsExactly(Rule.EXPECTATION);
    KsmSettings on = new KsmSettings(1, 100, 20);
    assertThat(check(running, step("h1", new SetKsm(on), new KsmRecord(on))))
        .containsExactly(Rule.EXPECTATION);
    assertThat(
            check(
                running,
                step(
                    "h1",
                    new PinCpus(vm("web-1"), REAR),
                    new AfterEarlierSteps(DomainState.RUNNING, ""))))
        .containsExactly(Rule.EXPECTATION);
  }

  @Test
  void twoStepsOnOneObjectWithoutAnOrder() {
    AfterEarlierSteps later = new AfterEarlierSteps(DomainState.RUNNING, "");
    PlanStep first = step("h1", new PinCpus(vm("web-1"), REAR), web1);

    assertThat(check(running, first, step(2, new PinCpus(vm("web-1"), FRONT), later)))
        .containsExactly(Rule.DEPENDENCY);
    assertThat(check(running, first, step(2, new PinCpus(vm("web-1"), FRONT), later, 1))).isEmpty();
    assertThat(check(running, step(1, new PinCpus(vm("web-1"), REAR), web1, 0)))
        .containsExactly(Rule.DEPENDENCY);
  }

  @Test
  void pinsOffTheHostOrForOtherVcpus() {
    CpuPins far = CpuPins.uniform(1, CpuSet.of(0, 5));
    assertThat(check(running, step("h1", new PinCpus(vm("web-1"), far), web1)))
        .containsExactly(Rule.PINS);
    CpuPins two = CpuPins.uniform(2, CpuSet.of(0));
    assertThat(check(running, step("h1", new PinCpus(vm("web-1"), two), web1)))
        .containsExactly(Rule.PINS);
    CpuPins none = new CpuPins(List.of(CpuSet.of(0)), CpuSet.EMPTY);
    assertThat(check(running, step("h1", new PinCpus(vm("web-1"), none), web1)))
        .containsExactly(Rule.PINS);
  }

  @Test
  void memoryThatDoesNotSuffice() {
    assertThat(started(spec("big", d -> d.hosts("h1").memory(23 * GIB + 900 * MIB))))
        .containsOnly(Rule.MEMORY);
    assertThat(started(spec("fits", d -> d.hosts("h1").memory(20 * GIB)))).isEmpty();
  }

  @Test
  void memoryThatIsFreeOnlyInTheBestOrder() {
    Snapshot full = Cluster.running(snapshot(lab("h1")), spec("old", d -> d.memory(20 * GIB)));
    VmSpec fresh = spec("fresh", d -> d.memory(20 * GIB));
    Expectation old = DomainRecord.of(full.hosts().get(host("h1")).domains().get(vm("old")));
    PlanStep stop = step("h1", new ShutdownDomain(vm("old"), 60_000), old);

    List<PlanStep> unordered = start(full, fresh, 2);
    assertThat(check(full, fresh, stop, unordered)).containsOnly(Rule.MEMORY);
    List<PlanStep> ordered = start(full, fresh, 2, 1);
    assertThat(check(full, fresh, stop, ordered)).isEmpty();
  }

  @Test
  void wishesThatTheHostDoesNotGrant() {
    TreeSet<HostName> here = new TreeSet<>(List.of(host("h1")));
    TreeMap<String, String> nvme = new TreeMap<>(Map.of("disk", "nvme"));
    assertThat(started(spec("a", d -> d.rules(r -> r.withBannedHosts(here)))))
        .containsExactly(Rule.ALLOWED_HOSTS);
    assertThat(started(spec("a", d -> d.rules(r -> r.withHostLabels(nvme)))))
        .containsExactly(Rule.HOST_TRAITS);
    assertThat(started(spec("a", d -> d.spread("web", "rack", 1)))).containsExactly(Rule.SPREAD);
    Snapshot tainted = Sample.with(running, Sample.marked(h1, "!gpu", "disk=nvme", "rack=r1"));
    TreeSet<String> gpu = new TreeSet<>(List.of("gpu"));
    VmSpec plain = spec("a", d -> d);
    VmSpec tolerant =
        spec(
            "a",
            d ->
                d.spread("web", "rack", 1).rules(r -> r.withTolerations(gpu).withHostLabels(nvme)));
    assertThat(started(tainted, plain)).containsExactly(Rule.HOST_TRAITS);
    assertThat(started(tainted, tolerant)).isEmpty();
  }

  @Test
  void companyAndDomainsThatTheSpecificationForbids() {
    Snapshot two =
        Cluster.running(
            snapshot(Sample.marked(lab("h1"), "rack=r"), Sample.marked(lab("h2"), "rack=r")),
            spec("s-1", d -> d.hosts("h2").spread("web", "rack", 1)));
    assertThat(started(two, spec("s-2", d -> d.spread("web", "rack", 1))))
        .containsExactly(Rule.SPREAD);
    assertThat(started(two, spec("s-2", d -> d.spread("web", "rack", 2)))).isEmpty();
    assertThat(started(two, spec("s-2", d -> d.spread("web", "host", 1)))).isEmpty();
    Snapshot one =
        Cluster.running(
            snapshot(lab("h1"), lab("h2")), spec("a", d -> d.hosts("h2").together("x")));
    assertThat(started(one, spec("b", d -> d.together("x")))).containsExactly(Rule.AFFINITY);
    assertThat(started(one, spec("b", d -> d.together("y")))).isEmpty();
  }

  @Test
  void companyAndHostsThatTheSpecificationForbids() {
    assertThat(started(spec("web-2", d -> d.hosts("h1").apart("web"))))
        .containsExactly(Rule.ANTI_AFFINITY);
    assertThat(started(spec("web-2", d -> d.hosts("h2")))).containsExactly(Rule.ALLOWED_HOSTS);
  }

  @Test
  void hugepagesThatTheNodeDoesNotHave() {
    VmSpec vm = spec("db-1", d -> d.memory(GIB).hugepages(2 * MIB));
    Hugepages few = new Hugepages(2 * MIB, 0, 511);
    Hugepages enough = new Hugepages(2 * MIB, 0, 512);

    assertThat(started(with(few), vm)).containsExactly(Rule.HUGEPAGES);
    assertThat(started(with(enough), vm)).isEmpty();
    // What is kept for pages is no ordinary memory.
    assertThat(started(with(enough), spec("big", d -> d.memory(23 * GIB))))
        .containsOnly(Rule.MEMORY);
  }

  private Snapshot with(Hugepages pages) {
    return Sample.with(running, h1.withSettings(new TreeMap<>(Map.of(pages.key(), pages))));
  }

  @Test
  void devicesThatAreMissingTakenOrNotThere() {
    HostDevice there = new HostDevice("gpu", "0000:5e:00.0", "10de:20b0", 0, false, "");
    Snapshot one =
        Sample.with(running, h1.withInventory(h1.inventory().withDevices(List.of(there))));
    VmSpec vm = spec("gpu-1", d -> d.devices("gpu", 1));
    AssignedDevice other = new AssignedDevice("gpu", "0000:5e:00.1", false);

    assertThat(given(one, vm, there.assigned())).isEmpty();
    assertThat(given(one, vm)).containsExactly(Rule.DEVICES);
    assertThat(given(one, vm, other)).containsExactly(Rule.DEVICES);
    Snapshot taken = Cluster.running(one, spec("gpu-0", d -> d.hosts("h1").devices("gpu", 1)));
    assertThat(given(taken, vm, there.assigned())).containsExactly(Rule.DEVICES);
  }

  private static List<Rule> given(Snapshot snapshot, VmSpec spec, AssignedDevice... devices) {
    return started(
        snapshot, spec, new Assignment(spec.name(), host("h1"), FRONT, false, 1, List.of(devices)));
  }

  private static List<Rule> started(Snapshot snapshot, VmSpec spec, Assignment assignment) {
    var rendered = DesiredDomain.of(snapshot, spec, assignment, snapshot.hosts().get(host("h1")));
    DefineDomain define = new DefineDomain(spec.name(), rendered.xml(), rendered.specDigest());
    AfterEarlierSteps defined = new AfterEarlierSteps(DomainState.SHUT_OFF, define.specDigest());
    return check(
        snapshot,
        new Plan(
            "t",
            Origin.OPERATOR,
            1,
            List.of(
                step(1, define, new NoDomain()), step(2, new StartDomain(spec.name()), defined, 1)),
            List.of(new DesiredChange.PutSpec(spec), new DesiredChange.PutAssignment(assignment)),
            List.of()));
  }

  @Test
  void aGuestThatSeesNodesOnWhichItDoesNotLie() {
    Snapshot two = snapshot(Sample.view("h1", Sample.nodes(2, 4, 1, 8 * GIB)));
    VmSpec wide = spec("wide", d -> d.vcpus(4));

    assertThat(started(two, wide, split(wide, 0, 1, 4, 5))).isEmpty();
    assertThat(started(two, wide, split(wide, 0, 4, 1, 5))).containsExactly(Rule.GUEST_NODES);
    assertThat(started(two, wide, split(wide, 0, 1, 2, 3))).containsExactly(Rule.GUEST_NODES);
  }

  private static Assignment split(VmSpec spec, Integer... cpus) {
    List<CpuSet> vcpus = Arrays.stream(cpus).map(CpuSet::of).toList();
    CpuPins pins = new CpuPins(vcpus, CpuSet.of(6, 7));
    return new Assignment(spec.name(), host("h1"), pins, false, 2, List.of());
  }

  @Test
  void dedicatedCpusThatAreShared() {
    assertThat(started(spec("db-1", SpecDraft::dedicated))).contains(Rule.DEDICATED);
    HostView crowded = Sample.with(lab("h1"), Sample.foreign("other", 1, 128 * MIB, CpuSet.of(0)));
    assertThat(started(snapshot(crowded), spec("db-1", SpecDraft::dedicated)))
        .containsExactly(Rule.DEDICATED);
  }

  @Test
  void aRenderedDomainThatIsNotWhatWasSpecified() {
    VmSpec fresh = spec("fresh", UnaryOperator.identity());
    DefineDomain other = define(running, spec("fresh", d -> d.memory(256 * MIB)), FRONT);
    assertThat(check(running, plan(fresh, List.of(step("h1", other, new NoDomain())))))
        .containsExactly(Rule.DOMAIN);
    DefineDomain elsewhere = define(running, fresh, REAR);
    assertThat(check(running, plan(fresh, List.of(step("h1", elsewhere, new NoDomain())))))
        .containsExactly(Rule.DOMAIN);
    DefineDomain broken = new DefineDomain(vm("fresh"), "<domain>", "0123");
    assertThat(check(running, plan(fresh, List.of(step("h1", broken, new NoDomain())))))
        .containsExactly(Rule.DOMAIN);
  }

  @Test
  void aPlanForANewerSnapshot() {
    Plan late =
        new Plan("t", Origin.OPERATOR, running.version() + 1, List.of(), List.of(), List.of());

    assertThat(PlanChecker.check(running, late))
        .singleElement()
        .asString()
        .contains("is newer than");
  }

  private List<Rule> started(VmSpec spec) {
    return started(running, spec);
  }

  /** Defines the VM on CPU 0 of h1, and starts it. */
  private static List<Rule> started(Snapshot snapshot, VmSpec spec) {
    return check(snapshot, plan(spec, start(snapshot, spec, 1)));
  }

  private static List<PlanStep> start(
      Snapshot snapshot, VmSpec spec, int number, Integer... after) {
    DefineDomain define = define(snapshot, spec, FRONT);
    AfterEarlierSteps defined = new AfterEarlierSteps(DomainState.SHUT_OFF, define.specDigest());
    return List.of(
        step(number, define, new NoDomain(), after),
        step(number + 1, new StartDomain(spec.name()), defined, number));
  }

  private static DefineDomain define(Snapshot snapshot, VmSpec spec, CpuPins pins) {
    var rendered =
        DesiredDomain.of(
            snapshot,
            spec,
            new Assignment(spec.name(), host("h1"), pins, false),
            snapshot.hosts().get(host("h1")));
    return new DefineDomain(spec.name(), rendered.xml(), rendered.specDigest());
  }

  private static Plan plan(VmSpec spec, List<PlanStep> steps) {
    return new Plan(
        "t",
        Origin.OPERATOR,
        1,
        steps,
        List.of(
            new DesiredChange.PutSpec(spec),
            new DesiredChange.PutAssignment(new Assignment(spec.name(), host("h1"), FRONT, false))),
        List.of());
  }

  private static List<Rule> check(
      Snapshot snapshot, VmSpec spec, PlanStep first, List<PlanStep> others) {
    List<PlanStep> steps = new ArrayList<>(List.of(first));
    steps.addAll(others);
    return check(snapshot, plan(spec, steps));
  }

  private static List<Rule> check(Snapshot snapshot, PlanStep... steps) {
    return check(
        snapshot, new Plan("t", Origin.OPERATOR, 1, Arrays.asList(steps), List.of(), List.of()));
  }

  private static List<Rule> check(Snapshot snapshot, Plan plan) {
    return PlanChecker.check(snapshot, plan).stream().map(Violation::rule).toList();
  }

  private static PlanStep step(String host, Action action, Expectation expectation) {
    return new PlanStep(1, host(host), new PlannedAction(action, expectation), new TreeSet<>());
  }

  private static PlanStep step(
      int number, Action action, Expectation expectation, Integer... after) {
    return new PlanStep(
        number,
        host("h1"),
        new PlannedAction(action, expectation),
        new TreeSet<>(Arrays.asList(after)));
  }
}
