package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes small plans by hand. */
final class TestPlans {
  static final CpuPins FRONT = CpuPins.uniform(1, CpuSet.of(0));
  static final CpuPins REAR = CpuPins.uniform(1, CpuSet.of(1));

  /** What no plan here expects or wants. */
  static final CpuPins OTHER = CpuPins.uniform(1, CpuSet.range(0, 1));

  private final List<PlanStep> steps = new ArrayList<>();
  private final List<DesiredChange> changes = new ArrayList<>();
  private final List<DesiredChange> inverse = new ArrayList<>();
  private Origin origin = Origin.OPERATOR;

  static TestPlans plan() {
    return new TestPlans();
  }

  TestPlans by(Origin newOrigin) {
    origin = newOrigin;
    return this;
  }

  private TestPlans step(String host, Action action, Expectation expectation, Integer... after) {
    steps.add(
        new PlanStep(
            steps.size() + 1,
            new HostName(host),
            new PlannedAction(action, expectation),
            new TreeSet<>(Set.of(after))));
    return this;
  }

  /** Moves a running VM from the front CPU to the rear one and remembers it. */
  TestPlans pin(String host, String vm, Integer... after) {
    VmName name = new VmName(vm);
    changes.add(
        new DesiredChange.PutAssignment(new Assignment(name, new HostName(host), REAR, false)));
    return step(
        host,
        new PinCpus(name, REAR),
        new DomainRecord(
            "uuid", DomainState.RUNNING, "config", Optional.of(FRONT), Optional.of(FRONT)),
        after);
  }

  /** Moves a running VM from a host to the other one's rear CPU and remembers it. */
  TestPlans migrate(String from, String to, String vm, Integer... after) {
    VmName name = new VmName(vm);
    HostName target = new HostName(to);
    changes.add(new DesiredChange.PutAssignment(new Assignment(name, target, REAR, false)));
    return step(
        from,
        new MigrateDomain(name, target, "qemu+tls://" + to, REAR, MigrationLimits.DEFAULT),
        new DomainRecord(
            "uuid", DomainState.RUNNING, "config", Optional.of(FRONT), Optional.of(FRONT)),
        after);
  }

  TestPlans ksmOff(String host, Integer... after) {
    return step(
        host,
        new SetKsm(FakeAgent.KSM_BEFORE.withRun(0)),
        new KsmRecord(FakeAgent.KSM_BEFORE),
        after);
  }

  TestPlans define(String host, String vm, Integer... after) {
    VmName name = new VmName(vm);
    changes.add(
        new DesiredChange.PutAssignment(new Assignment(name, new HostName(host), FRONT, false)));
    return step(host, new DefineDomain(name, "<domain/>", "d-" + vm), new NoDomain(), after);
  }

  TestPlans start(String host, String vm, Integer... after) {
    return step(
        host,
        new StartDomain(new VmName(vm)),
        new AfterEarlierSteps(DomainState.SHUT_OFF, "d-" + vm),
        after);
  }

  TestPlans inverse(DesiredChange change) {
    inverse.add(change);
    return this;
  }

  Plan build() {
    return new Plan("a test", origin, 1, steps, changes, List.of(), inverse);
  }
}
