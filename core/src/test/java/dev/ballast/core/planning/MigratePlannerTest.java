package dev.ballast.core.planning;

import static dev.ballast.core.sample.Cluster.describe;
import static dev.ballast.core.sample.Cluster.plan;
import static dev.ballast.core.sample.Cluster.problems;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.migratable;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MigratePlannerTest {
  private static final MigratePlanner PLANNER = new MigratePlanner();

  private static Snapshot two(VmSpec... specs) {
    return Cluster.running(snapshot(migratable(lab("h1")), migratable(lab("h2"))), specs);
  }

  private static VmSpec on(String name, String host) {
    return spec(name, d -> d.hosts(host));
  }

  /** Free to run anywhere, though it was placed with a wish. */
  private static Snapshot freed(Snapshot snapshot, String name) {
    return Enactment.of(snapshot, Cluster.applied(snapshot, List.of(spec(name, d -> d))));
  }

  private static PlanResult migrate(Snapshot snapshot, String name, String to) {
    return PLANNER.migrate(
        snapshot,
        vm(name),
        to.isEmpty() ? Optional.empty() : Optional.of(host(to)),
        MigrationLimits.DEFAULT,
        PlacementPolicy.DEFAULT);
  }

  private static PlanResult drain(Snapshot snapshot, String host) {
    return PLANNER.drain(snapshot, host(host), MigrationLimits.DEFAULT, PlacementPolicy.DEFAULT);
  }

  @Test
  void aRunningVmMovesWithPinsOfTheTarget() {
    Snapshot running = freed(two(on("web-1", "h1")), "web-1");

    Plan plan = plan(migrate(running, "web-1", ""));

    assertThat(PlanChecker.check(running, plan)).isEmpty();
    assertThat(describe(plan))
        .singleElement()
        .asString()
        .startsWith("h1 migrate web-1 to h2 (whole link, downtime at most 300 ms");
    Snapshot moved = Enactment.of(running, plan);
    assertThat(moved.assignments().get(vm("web-1")).host()).isEqualTo(host("h2"));
    assertThat(moved.hosts().get(host("h1")).domains()).isEmpty();
    assertThat(moved.hosts().get(host("h2")).domains()).containsOnlyKeys(vm("web-1"));
    assertThat(Cluster.applied(moved, List.of(spec("web-1", d -> d))).isEmpty()).isTrue();
  }

  @Test
  void aMigrationIsRolledBackByAMigration() {
    Snapshot running = freed(two(on("web-1", "h1")), "web-1");
    Plan plan = plan(migrate(running, "web-1", "h2"));
    Snapshot moved = Enactment.of(running, plan);

    Plan back = plan(new RollbackPlanner().plan(moved, Enactment.operation("op-4", plan)));

    assertThat(PlanChecker.check(moved, back)).isEmpty();
    assertThat(describe(back)).singleElement().asString().startsWith("h2 migrate web-1 to h1");
    assertThat(Enactment.of(moved, back).assignments()).isEqualTo(running.assignments());
  }

  @Test
  void aVmThatWentOnSinceIsNotRolledBack() {
    Snapshot running = freed(two(on("web-1", "h1")), "web-1");
    Plan there = plan(migrate(running, "web-1", "h2"));
    Snapshot moved = Enactment.of(running, there);
    Plan back = plan(migrate(moved, "web-1", "h1"));
    Snapshot returned = Enactment.of(moved, back);
    Plan again = plan(migrate(returned, "web-1", "h2"));
    Snapshot there2 = Enactment.of(returned, again);
    HostView gone = Sample.without(there2.hosts().get(host("h2")), "web-1");

    assertThat(
            problems(
                new RollbackPlanner()
                    .plan(
                        Sample.with(there2, gone),
                        Enactment.operation("op-4", there),
                        List.of(Enactment.operation("op-5", back)))))
        .anyMatch(problem -> problem.contains("does not run on h2") && problem.contains("op-5"));
  }

  @Test
  void whatStandsAgainstAMoveIsNamed() {
    Snapshot running = two(on("web-1", "h1"), spec("db-1", d -> d.hosts("h1").stopped()));

    assertThat(problems(migrate(running, "web-1", "h2")))
        .containsExactly("web-1: cannot migrate to h2: it is not in placement.hosts [h1]");
    assertThat(problems(migrate(running, "db-1", "h2")))
        .singleElement()
        .asString()
        .contains("db-1: is SHUT_OFF on h1: only a running VM migrates");
    assertThat(problems(migrate(running, "web-9", "h2")))
        .singleElement()
        .asString()
        .contains("is not a VM that Ballast placed");
    assertThat(problems(migrate(running, "web-1", "h9"))).contains("h9: no such host is known");
    assertThat(plan(migrate(running, "web-1", "h1")).isEmpty()).isTrue();
  }

  @Test
  void aHostWithoutAnEndpointTakesNothing() {
    Snapshot running =
        freed(
            Cluster.running(snapshot(migratable(lab("h1")), lab("h2")), on("web-1", "h1")),
            "web-1");

    assertThat(problems(migrate(running, "web-1", "")))
        .singleElement()
        .asString()
        .contains("h2 takes no migration: set migration.uri in its agent.yaml");
  }

  @Test
  void aDrainMovesAllRunningVmsAndLeavesTheOthers() {
    VmSpec stopped = spec("db-1", d -> d.hosts("h1").stopped());
    Snapshot running = two(on("web-1", "h1"), on("web-2", "h1"), stopped);
    running = freed(freed(running, "web-1"), "web-2");
    HostView closed = running.hosts().get(host("h1")).withCordoned(true);
    running = Sample.with(running, closed);

    Plan plan = plan(drain(running, "h1"));

    assertThat(PlanChecker.check(running, plan)).isEmpty();
    assertThat(plan.title()).isEqualTo("drain h1: migrate 2 running VMs");
    assertThat(plan.steps().get(1).after()).containsExactly(1);
    Snapshot drained = Enactment.of(running, plan);
    assertThat(drained.hosts().get(host("h1")).domains()).containsOnlyKeys(vm("db-1"));
    assertThat(plan.changes()).hasSize(2).allMatch(DesiredChange.PutAssignment.class::isInstance);
  }

  @Test
  void aDrainThatCannotMoveAllMovesNone() {
    Snapshot running = two(on("web-1", "h1"), on("web-2", "h1"));
    running = freed(running, "web-1");

    assertThat(problems(drain(running, "h1")))
        .singleElement()
        .asString()
        .startsWith("web-2: cannot migrate: no host can take it; placement.hosts names [h1]");
  }

  @Test
  void aCordonedHostTakesNoVmButKeepsItsOwn() {
    Snapshot running = freed(two(on("web-1", "h1")), "web-1");
    running = Sample.with(running, running.hosts().get(host("h2")).withCordoned(true));

    assertThat(problems(migrate(running, "web-1", "h2")))
        .singleElement()
        .asString()
        .contains("h2 is cordoned", "uncordon h2");
    Snapshot own = Sample.with(running, running.hosts().get(host("h1")).withCordoned(true));
    Plan larger = Cluster.applied(own, List.of(spec("web-1", d -> d.memory(Sample.GIB))));
    assertThat(describe(larger)).singleElement().asString().startsWith("h1 define web-1");
  }

  @Test
  void aVmMovesWhenItsSpecificationNoLongerNamesItsHost() {
    Snapshot running = two(on("web-1", "h1"));

    Plan plan = Cluster.applied(running, List.of(on("web-1", "h2")));

    assertThat(PlanChecker.check(running, plan)).isEmpty();
    assertThat(describe(plan)).singleElement().asString().startsWith("h1 migrate web-1 to h2");
    Snapshot moved = Enactment.of(running, plan);
    assertThat(Cluster.applied(moved, List.of(on("web-1", "h2"))).isEmpty()).isTrue();
  }
}
