package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.Trash;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PurgePlannerTest {
  private static final String OLD = "/srv/.trash/7-web-vda.qcow2";
  private static final String NEW = "/srv/.trash/9-db-vda.qcow2";

  private final Snapshot there = with(Map.of(OLD, 1_000L, NEW, 5_000L));

  private static Snapshot with(Map<String, Long> files) {
    TreeMap<String, Trash.Discarded> trash = new TreeMap<>();
    files.forEach((file, at) -> trash.put(file, new Trash.Discarded("volume of web", 8 << 20, at)));
    HostView view = Sample.view("h1", Sample.flat(4, 8 * GIB));
    TreeMap<String, HostSetting> settings = new TreeMap<>();
    settings.put(Trash.KEY, new Trash(trash));
    return snapshot(view.withSettings(settings));
  }

  @Test
  void whatIsOldEnoughGoesForGood() {
    Plan plan = Cluster.plan(new PurgePlanner().plan(there, host("h1"), 1_000));

    assertThat(Cluster.describe(plan))
        .containsExactly("h1 purge " + OLD + " from the trash for good");
    assertThat(PlanText.render(plan)).contains("point of no return").contains("volume of web");
    assertThat(PlanChecker.check(there, plan)).isEmpty();
    Snapshot after = Enactment.of(there, plan);
    assertThat(((Trash) after.hosts().get(host("h1")).settings().get(Trash.KEY)).files())
        .containsOnlyKeys(NEW);
    assertThat(
            Cluster.problems(new RollbackPlanner().plan(after, Enactment.operation("op-1", plan))))
        .singleElement()
        .asString()
        .contains("is final");
    assertThat(Cluster.plan(new PurgePlanner().plan(there, host("h1"), 999)).steps()).isEmpty();
  }

  @Test
  void theCheckerSeesWhatDoesNotLieThere() {
    Plan plan = Cluster.plan(new PurgePlanner().plan(there, host("h1"), 9_000));

    assertThat(PlanChecker.check(with(Map.of(NEW, 5_000L)), plan))
        .anyMatch(violation -> violation.toString().contains("does not lie in the trash"));
  }

  @Test
  void anUnknownHostIsSaid() {
    assertThat(Cluster.problems(new PurgePlanner().plan(there, host("h9"), 0)))
        .singleElement()
        .asString()
        .contains("no such host is known");
  }
}
