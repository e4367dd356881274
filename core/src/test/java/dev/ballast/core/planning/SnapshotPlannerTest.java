package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotPlannerTest {
  private final SnapshotPlanner planner = new SnapshotPlanner(PlacementPolicy.DEFAULT);
  private final Snapshot running = running("qcow2");

  private static Snapshot running(String format) {
    return running(format, "");
  }

  private static Snapshot running(String format, String lines) {
    Snapshot empty =
        snapshot(
            Sample.migratable(Sample.view("h1", Sample.flat(4, 8 * GIB))),
            Sample.migratable(Sample.view("h2", Sample.flat(4, 8 * GIB))));
    String yaml =
        "kind: VM\nname: web\nvcpus: 1\nmemory: 256MiB\nplacement: {hosts: [h1, h2]}\ndisks:\n"
            + "  - {path: /srv/web, format: "
            + format
            + "}\n"
            + lines;
    var parsed = SpecParser.parse(List.of(new SourceFile("web.yaml", yaml)), empty.cluster());
    return Cluster.running(empty, parsed.specs().toArray(VmSpec[]::new));
  }

  private Snapshot taken() {
    return Enactment.of(running, Cluster.plan(planner.take(running, vm("web"), "before")));
  }

  @Test
  void isTakenAndTakenBack() {
    Plan plan = Cluster.plan(planner.take(running, vm("web"), "before"));

    assertThat(Cluster.describe(plan)).containsExactly("h1 snapshot before of web");
    assertThat(PlanText.render(plan)).doesNotContain("point of no return");
    assertThat(PlanChecker.check(running, plan)).isEmpty();
    Snapshot after = Enactment.of(running, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    Plan back = Cluster.plan(new RollbackPlanner().plan(after, Enactment.operation("op-1", plan)));
    assertThat(Cluster.describe(back)).containsExactly("h1 delete snapshot before of web");
    assertThat(PlanChecker.check(after, back)).isEmpty();
    assertThat(PlanText.render(back)).contains("point of no return");
  }

  @Test
  void aRevertIsFinalAndHasNoWayBack() {
    Snapshot there = taken();

    Plan plan = Cluster.plan(planner.revert(there, vm("web"), "before"));

    assertThat(Cluster.describe(plan))
        .containsExactly("h1 revert web to snapshot before (its guest runs from there)");
    assertThat(PlanText.render(plan))
        .contains("point of no return")
        .contains("what was written since is lost for good");
    assertThat(PlanChecker.check(there, plan)).isEmpty();
    assertThat(
            Cluster.problems(new RollbackPlanner().plan(there, Enactment.operation("op-1", plan))))
        .singleElement()
        .asString()
        .contains("is final");
  }

  @Test
  void aGuestWhoseAgentIsAskedForHasItsClockSetOnceItRunsFromThere() {
    Snapshot asks = running("qcow2", "guestAgent: true\n");
    Snapshot there = Enactment.of(asks, Cluster.plan(planner.take(asks, vm("web"), "before")));

    Plan plan = Cluster.plan(planner.revert(there, vm("web"), "before"));

    assertThat(Cluster.describe(plan))
        .containsExactly(
            "h1 revert web to snapshot before (its guest runs from there)",
            "h1 set the time of web to its host's");
    assertThat(PlanChecker.check(there, plan)).isEmpty();
  }

  @Test
  void aRevertThatStartsTheGuestNeedsRoom() {
    HostView off =
        Enactment.state(taken().hosts().get(host("h1")), vm("web"), DomainState.SHUT_OFF);
    HostView again =
        Sample.with(
            off,
            off.domains()
                .get(vm("web"))
                .withSnapshots(List.of(new DomainSnapshot("before", 1, true, false))));
    Snapshot there = Sample.with(taken(), again);
    Plan plan = Cluster.plan(planner.revert(there, vm("web"), "before"));
    assertThat(PlanChecker.check(there, plan)).isEmpty();

    Snapshot full =
        Sample.with(
            there,
            Sample.with(again, Sample.foreign("big", 1, 8 * GIB, Sample.flat(4, 1).onlineCpus())));
    assertThat(Cluster.problems(planner.revert(full, vm("web"), "before")))
        .anySatisfy(problem -> assertThat(problem).contains("cannot be on its host again"));
    assertThat(PlanChecker.check(full, plan))
        .anyMatch(violation -> violation.toString().contains("memory"));
  }

  @Test
  void oneIsDeleted() {
    Snapshot there = taken();

    Plan plan = Cluster.plan(planner.delete(there, vm("web"), "before"));

    assertThat(PlanChecker.check(there, plan)).isEmpty();
    assertThat(Enactment.of(there, plan).domain(host("h1"), vm("web")).orElseThrow().snapshots())
        .isEmpty();
    assertThat(PlanChecker.check(running, plan))
        .anyMatch(violation -> violation.toString().contains("has no snapshot before"));
  }

  @Test
  void whatCannotBeIsSaid() {
    assertThat(Cluster.problems(planner.take(taken(), vm("web"), "before")))
        .singleElement()
        .asString()
        .contains("has a snapshot before already");
    assertThat(Cluster.problems(planner.take(running("raw"), vm("web"), "a")))
        .singleElement()
        .asString()
        .contains("/srv/web is raw: an internal snapshot lies in the disks");
    assertThat(Cluster.problems(planner.take(running, vm("web"), "a b")))
        .singleElement()
        .asString()
        .contains("is no name of a snapshot");
    assertThat(Cluster.problems(planner.revert(taken(), vm("web"), "other")))
        .singleElement()
        .asString()
        .contains("has no snapshot other: it has before");
    assertThat(Cluster.problems(planner.delete(running, vm("gone"), "a")))
        .singleElement()
        .asString()
        .contains("is not a VM that Ballast placed");
  }

  @Test
  void anExternalOneIsNotRevertedTo() {
    HostView view = running.hosts().get(host("h1"));
    Snapshot there =
        Sample.with(
            running,
            Sample.with(
                view,
                view.domains()
                    .get(vm("web"))
                    .withSnapshots(List.of(new DomainSnapshot("ext", 1, false, true)))));

    assertThat(Cluster.problems(planner.revert(there, vm("web"), "ext")))
        .singleElement()
        .asString()
        .contains("is external: libvirt reverts to such a one from version 9.9 on (h1 has");
  }

  @Test
  void aVmWithASnapshotDoesNotMigrate() {
    PlanResult moved =
        new MigratePlanner()
            .migrate(
                running,
                vm("web"),
                Optional.of(host("h2")),
                MigrationLimits.DEFAULT,
                PlacementPolicy.DEFAULT);
    assertThat(Cluster.plan(moved).steps()).hasSize(1);

    assertThat(
            Cluster.problems(
                new MigratePlanner()
                    .migrate(
                        taken(),
                        vm("web"),
                        Optional.of(host("h2")),
                        MigrationLimits.DEFAULT,
                        PlacementPolicy.DEFAULT)))
        .singleElement()
        .asString()
        .contains("cannot take over its snapshot before");
  }
}
