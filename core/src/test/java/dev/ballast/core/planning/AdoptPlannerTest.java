package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.definition.Corpus;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Foreign;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.spec.AdoptedFile;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecCheck;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdoptPlannerTest {
  private static final AdoptPlanner PLANNER = new AdoptPlanner();
  private static final String WEB =
      """
      <domain type='qemu'>
        <name>web</name>
        <uuid>5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01</uuid>
        <memory unit='KiB'>131072</memory>
        <currentMemory unit='KiB'>131072</currentMemory>
        <vcpu placement='static'>2</vcpu>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><watchdog model='i6300esb' action='reset'/></devices>
      </domain>
      """;

  static List<String> corpus() {
    return Corpus.names();
  }

  /** Definition, specification, file, specification, definition: nothing is lost on the way. */
  @ParameterizedTest
  @MethodSource("corpus")
  void whatIsAdoptedNeedsNothing(String name) throws Exception {
    String xml = Corpus.text(name);
    for (DomainState state : List.of(DomainState.RUNNING, DomainState.SHUT_OFF)) {
      ObservedDomain domain = Foreign.domain(xml, state);
      Snapshot before = snapshot(Sample.with(lab("h1"), domain), lab("h2"));
      Plan plan = Cluster.plan(PLANNER.plan(before, request(domain.name(), xml)));
      assertThat(plan.steps()).isEmpty();
      assertThat(PlanChecker.check(before, plan)).isEmpty();
      Snapshot after = Enactment.of(before, plan);
      VmSpec spec = after.specs().get(domain.name());
      String file = AdoptedFile.of(spec, host("h1"));
      SpecResult read = SpecParser.parse(List.of(new SourceFile("vm.yaml", file)), after.cluster());
      assertThat(read.specs()).containsExactly(spec);
      assertThat(SpecCheck.all(read, after)).isEmpty();
      Plan again = Cluster.applied(after, read.specs());
      assertThat(again.steps()).isEmpty();
      assertThat(again.changes()).isEmpty();
      assertThat(DriftDetector.detect(after)).isEmpty();
      assertThat(spec.adopted().orElseThrow().xml()).isEqualTo(DomainDefinition.parse(xml).xml());
    }
  }

  @Test
  void adoptsTheVmAsItIs() {
    VmSpec spec = adopted(running()).specs().get(vm("web"));

    assertThat(spec.run()).isEqualTo(RunState.RUNNING);
    assertThat(spec.automation()).isEqualTo(Automation.RECOMMEND);
    assertThat(spec.hosts()).containsExactly(host("h1"));
    assertThat(spec.pins()).isEmpty();
    assertThat(adopted(running()).assignments().get(vm("web")))
        .isEqualTo(
            new Assignment(vm("web"), host("h1"), CpuPins.uniform(2, CpuSet.range(0, 1)), false));
  }

  @Test
  void pinsThatADefinitionNamesAreKeptOnWish() {
    String pinned = WEB.replace("<os>", "<cputune><vcpupin vcpu='0' cpuset='1'/></cputune><os>");
    ObservedDomain domain = Foreign.domain(pinned, DomainState.RUNNING);
    Snapshot before = snapshot(Sample.with(lab("h1"), domain));

    Plan kept =
        Cluster.plan(
            PLANNER.plan(
                before,
                new AdoptPlanner.Request(
                    host("h1"), new TreeMap<>(Map.of(vm("web"), pinned)), true)));
    Plan bare =
        Cluster.plan(
            PLANNER.plan(
                snapshot(running()),
                new AdoptPlanner.Request(host("h1"), new TreeMap<>(Map.of(vm("web"), WEB)), true)));

    assertThat(spec(kept).pins()).isEqualTo(domain.configPins());
    assertThat(spec(bare).pins()).isEmpty();
  }

  @Test
  void anObserveOnlyHostIsAdoptedFromAndThenLeftAlone() {
    HostView observed = Sample.in(running(), true, true, false);
    Snapshot after = adopted(observed);

    assertThat(Cluster.applied(after, specs(after)).steps()).isEmpty();
    assertThat(Cluster.problems(apply(after, resized(after, 256 * MIB))))
        .anyMatch(problem -> problem.contains("observe"));
  }

  @Test
  void aChangeIsDefinedForTheNextStart() throws Exception {
    Snapshot after = adopted(running());

    Plan plan = Cluster.plan(apply(after, resized(after, 256 * MIB)));

    assertThat(PlanChecker.check(after, plan)).isEmpty();
    assertThat(plan.steps()).hasSize(1);
    DefineDomain define = (DefineDomain) plan.steps().getFirst().planned().action();
    assertThat(define.xml())
        .contains(
            "<memory unit='KiB'>262144</memory>",
            "<watchdog model='i6300esb' action='reset'/>",
            "<vcpupin vcpu='1' cpuset='0-1'/>",
            "<uuid>5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01</uuid>",
            "spec='" + define.specDigest() + "'");
    assertThat(plan.decisions())
        .anyMatch(decision -> decision.reason().contains("takes effect at its next start"));
  }

  @Test
  void aShutOffVmIsStartedAsItIs() {
    Snapshot after = adopted(Sample.with(lab("h1"), Foreign.domain(WEB, DomainState.SHUT_OFF)));
    VmSpec spec = after.specs().get(vm("web"));
    VmSpec started = withRun(spec, RunState.RUNNING);

    Plan plan = Cluster.plan(apply(after, started));

    assertThat(Cluster.describe(plan)).containsExactly("h1 start web");
    assertThat(PlanChecker.check(after, plan)).isEmpty();
  }

  @Test
  void anEditBesideBallastIsDrift() {
    Snapshot after = adopted(running());
    ObservedDomain edited = Foreign.domain(WEB.replace("reset", "poweroff"), DomainState.RUNNING);
    Snapshot drifted = Sample.with(after, Sample.with(after.hosts().get(host("h1")), edited));

    List<Drift> drifts = DriftDetector.detect(drifted);
    Plan repair = Cluster.applied(drifted, specs(drifted));

    assertThat(drifts).singleElement().extracting(Drift::field).isEqualTo("specification");
    assertThat(Cluster.describe(repair)).singleElement().asString().contains("h1 define web");
    assertThat(PlanChecker.check(drifted, repair)).isEmpty();
  }

  @Test
  void anotherDomainOfTheNameIsNotTouched() {
    Snapshot after = adopted(running());
    ObservedDomain other = Foreign.domain(WEB.replace("5a8f", "5a8e"), DomainState.RUNNING);
    Snapshot replaced = Sample.with(after, Sample.with(after.hosts().get(host("h1")), other));

    assertThat(DriftDetector.detect(replaced))
        .singleElement()
        .extracting(Drift::field)
        .isEqualTo("uuid");
    assertThat(Cluster.problems(new ApplyPlanner().plan(replaced, specs(after), POLICY)))
        .singleElement()
        .asString()
        .contains("it is another one");
  }

  @Test
  void theCheckerRefusesToDefineWhatIsNotAdopted() {
    Snapshot after = adopted(running());
    Plan plan = Cluster.plan(apply(after, resized(after, 256 * MIB)));
    Plan forgetful =
        new Plan(
            plan.title(), plan.origin(), plan.parentVersion(), plan.steps(), List.of(), List.of());

    assertThat(PlanChecker.check(snapshot(running()), forgetful))
        .extracting(Violation::message)
        .anyMatch(message -> message.contains("another owner"));
  }

  @Test
  void whatIsNoLongerDeclaredIsReleasedNotRemoved() {
    Snapshot after = adopted(running());

    Plan plan = Cluster.plan(new ApplyPlanner().plan(after, List.of(), POLICY, true));

    assertThat(plan.steps()).isEmpty();
    assertThat(plan.changes())
        .containsExactly(
            new DesiredChange.RemoveSpec(vm("web")), new DesiredChange.RemoveAssignment(vm("web")));
    assertThat(plan.decisions()).anyMatch(decision -> decision.reason().contains("released"));
  }

  @Test
  void adoptionIsRolledBackWithoutAStep() {
    Snapshot before = snapshot(running());
    Plan plan = Cluster.plan(PLANNER.plan(before, request(vm("web"), WEB)));
    Snapshot after = Enactment.of(before, plan);

    Plan back =
        Cluster.plan(
            new RollbackPlanner().plan(after, new ExecutedOperation("op-1", plan, List.of())));

    assertThat(back.steps()).isEmpty();
    assertThat(Enactment.of(after, back).specs()).isEmpty();
  }

  @Test
  void saysWhyADomainCannotBeAdopted() {
    ObservedDomain web = Foreign.domain(WEB, DomainState.RUNNING);
    CpuPins one = CpuPins.uniform(2, CpuSet.of(0));
    Snapshot hosts = snapshot(running(), lab("h2"));

    assertThat(obstacle(adopted(running()), web)).contains("is specified already");
    assertThat(obstacle(hosts, marked(web))).contains("bears the mark of Ballast");
    assertThat(obstacle(hosts, pinned(web, web.livePins(), Optional.empty())))
        .contains("is transient");
    assertThat(obstacle(hosts, pinned(web, Optional.of(one), web.configPins())))
        .contains("runs on vCPUs", "virsh vcpupin");
    assertThat(obstacle(hosts, Foreign.domain(WEB, DomainState.PAUSED))).contains("is PAUSED");
    assertThat(obstacle(snapshot(running(), Sample.with(lab("h2"), web)), web))
        .contains("has a namesake on h2");
    assertThat(PLANNER.obstacle(hosts, host("h1"), web)).isEmpty();
  }

  @Test
  void limitsThatADefinitionHoldsAreSetAgainAfterANewOne() {
    String limited = WEB.replace("<os>", "<cputune><shares>512</shares></cputune><os>");
    ObservedDomain domain = Foreign.domain(limited, DomainState.RUNNING);
    Snapshot before = snapshot(Sample.with(lab("h1"), domain));
    Snapshot after =
        Enactment.of(before, Cluster.plan(PLANNER.plan(before, request(vm("web"), limited))));

    Plan plan = Cluster.plan(apply(after, resized(after, 256 * MIB)));

    assertThat(Cluster.describe(plan)).hasSize(2).last().asString().contains("limit web");
  }

  @Test
  void whatRunsOtherwiseThanItIsDefinedIsNotAdopted() {
    VmLimits slow =
        new VmLimits(
            50,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>());
    ObservedDomain domain =
        Foreign.domain(WEB, DomainState.RUNNING)
            .withLimits(Optional.of(VmLimits.NONE), Optional.of(slow));

    assertThat(problems(snapshot(Sample.with(lab("h1"), domain)), WEB))
        .contains("runs otherwise than its definition says", "liveLimits");
  }

  @Test
  void refusesWhatDiffersFromWhatWasObserved() {
    Snapshot before = snapshot(running());

    assertThat(problems(before, WEB.replace("reset", "poweroff"))).contains("try again");
    assertThat(problems(before, "<domain/>")).contains("its definition");
    assertThat(Cluster.problems(PLANNER.plan(before, request(vm("nobody"), WEB))))
        .containsExactly("nobody: is no domain of h1");
    String tiny = WEB.replace("131072", "512");
    Snapshot small = snapshot(Sample.with(lab("h1"), Foreign.domain(tiny, DomainState.RUNNING)));
    assertThat(problems(small, tiny)).contains("no specification can say what it is: 'memory'");
  }

  private static final PlacementPolicy POLICY = PlacementPolicy.DEFAULT;

  private static HostView running() {
    return Sample.with(lab("h1"), Foreign.domain(WEB, DomainState.RUNNING));
  }

  private static AdoptPlanner.Request request(VmName vm, String xml) {
    return new AdoptPlanner.Request(host("h1"), new TreeMap<>(Map.of(vm, xml)), false);
  }

  private static Snapshot adopted(HostView h1) {
    Snapshot before = snapshot(h1);
    return Enactment.of(before, Cluster.plan(PLANNER.plan(before, request(vm("web"), WEB))));
  }

  private static String problems(Snapshot before, String xml) {
    return String.join("\n", Cluster.problems(PLANNER.plan(before, request(vm("web"), xml))));
  }

  private static String obstacle(Snapshot snapshot, ObservedDomain domain) {
    return PLANNER.obstacle(snapshot, host("h1"), domain).orElse("nothing");
  }

  private static List<VmSpec> specs(Snapshot snapshot) {
    return List.copyOf(snapshot.specs().values());
  }

  private static VmSpec spec(Plan plan) {
    return plan.changes().stream()
        .flatMap(c -> c instanceof DesiredChange.PutSpec(var s) ? Stream.of(s) : Stream.of())
        .findFirst()
        .orElseThrow();
  }

  private static PlanResult apply(Snapshot snapshot, VmSpec spec) {
    return new ApplyPlanner().plan(snapshot, List.of(spec), POLICY);
  }

  /** As if people had changed the file. */
  private static VmSpec resized(Snapshot snapshot, long memoryBytes) {
    return edited(
        snapshot.specs().get(vm("web")), "memory: 128MiB", "memory: " + memoryBytes + "B");
  }

  private static VmSpec withRun(VmSpec spec, RunState run) {
    return edited(spec, "run: stopped", "run: " + run.name().toLowerCase(java.util.Locale.ROOT));
  }

  private static VmSpec edited(VmSpec spec, String line, String by) {
    String file = AdoptedFile.of(spec, host("h1"));
    assertThat(file).contains(line);
    return SpecParser.parse(
            List.of(new SourceFile("web.yaml", file.replace(line, by))), Sample.CLUSTER)
        .specs()
        .getFirst();
  }

  private static ObservedDomain marked(ObservedDomain domain) {
    return new ObservedDomain(
        domain.name(),
        domain.uuid(),
        domain.state(),
        domain.vcpus(),
        domain.memoryBytes(),
        domain.configDigest(),
        domain.livePins(),
        domain.configPins(),
        Optional.of("d"));
  }

  private static ObservedDomain pinned(
      ObservedDomain domain, Optional<CpuPins> live, Optional<CpuPins> config) {
    return new ObservedDomain(
        domain.name(),
        domain.uuid(),
        domain.state(),
        domain.vcpus(),
        domain.memoryBytes(),
        domain.configDigest(),
        live,
        config,
        Optional.empty());
  }
}
