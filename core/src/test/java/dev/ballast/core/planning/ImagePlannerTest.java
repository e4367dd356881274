package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ImagePlannerTest {
  private static final ImagePlanner PLANNER = new ImagePlanner();
  private static final Content CONTENT =
      new Content("qcow2", "sha256:" + "a".repeat(64), "https://images.example/debian.qcow2");
  private static final ImageFile IMAGE = new ImageFile("debian", CONTENT);

  private final Snapshot before =
      snapshot(Sample.view("h1", Sample.flat(4, GIB)), Sample.view("h2", Sample.flat(4, GIB)));

  private static ImageSpec on(String... hosts) {
    SortedSet<dev.ballast.core.model.HostName> names = new TreeSet<>();
    for (String name : hosts) {
      names.add(host(name));
    }
    return new ImageSpec("debian", CONTENT, names);
  }

  @Test
  void everyHostFetchesItAndRemembersIt() {
    Plan plan = Cluster.plan(PLANNER.fetch(before, on()));

    assertThat(Cluster.describe(plan))
        .containsExactly(
            "h1 set image:debian qcow2 sha256:aaaaaaaaaaaa",
            "h2 set image:debian qcow2 sha256:aaaaaaaaaaaa");
    assertThat(PlanChecker.check(before, plan)).isEmpty();
    Snapshot after = Enactment.of(before, plan);
    assertThat(Cluster.plan(PLANNER.fetch(after, on())).steps()).isEmpty();
    assertThat(DriftDetector.detect(after)).isEmpty();
  }

  @Test
  void aDeclaredImageIsFetchedByApply() {
    Plan plan =
        Cluster.plan(
            new ApplyPlanner()
                .plan(
                    before,
                    new ApplyPlanner.Declared(List.of(), List.of(), List.of(on("h2"))),
                    PlacementPolicy.DEFAULT,
                    false));

    assertThat(Cluster.describe(plan))
        .containsExactly("h2 set image:debian qcow2 sha256:aaaaaaaaaaaa");
    assertThat(plan.title()).endsWith("; 1 image");
    assertThat(PlanChecker.check(before, plan)).isEmpty();
  }

  @Test
  void aMissingAndAnEditedImageAreDrift() {
    Snapshot after = Enactment.of(before, Cluster.plan(PLANNER.fetch(before, on("h1"))));

    assertThat(DriftDetector.detect(with(after, null)))
        .singleElement()
        .satisfies(drift -> assertThat(drift.found()).isEqualTo("absent"));
    ImageFile edited =
        new ImageFile("debian", new Content("qcow2", ImageFile.EDITED, CONTENT.source()));
    assertThat(DriftDetector.detect(with(after, edited)))
        .singleElement()
        .satisfies(drift -> assertThat(drift.found()).contains("edited since it was fetched"));
  }

  private static Snapshot with(Snapshot snapshot, ImageFile image) {
    TreeMap<String, dev.ballast.core.model.HostSetting> settings = new TreeMap<>();
    if (image != null) {
      settings.put(image.key(), image);
    }
    TreeMap<dev.ballast.core.model.HostName, dev.ballast.core.model.HostView> hosts =
        new TreeMap<>(snapshot.hosts());
    hosts.computeIfPresent(host("h1"), (name, view) -> view.withSettings(settings));
    return snapshot.with(hosts, snapshot.assignments());
  }

  @Test
  void anotherImageOfThatNameIsAProblem() {
    Snapshot after = Enactment.of(before, Cluster.plan(PLANNER.fetch(before, on("h1"))));
    Content other = new Content("qcow2", "sha256:" + "b".repeat(64), CONTENT.source());

    assertThat(
            Cluster.problems(
                PLANNER.fetch(after, new ImageSpec("debian", other, on("h1").hosts()))))
        .singleElement()
        .asString()
        .contains("images are never replaced");
    Plan wrong =
        Cluster.plan(PLANNER.fetch(before, new ImageSpec("debian", other, on("h1").hosts())));
    assertThat(PlanChecker.check(after, wrong)).isNotEmpty();
  }

  @Test
  void removalIsPlannedAndRolledBack() {
    Snapshot there = Enactment.of(before, Cluster.plan(PLANNER.fetch(before, on("h1"))));

    Plan plan = Cluster.plan(PLANNER.remove(there, Set.of(host("h1"), host("h2")), "debian"));

    assertThat(plan.steps())
        .extracting(PlanStep::planned)
        .containsExactly(
            new PlannedAction(new SetHostSetting(IMAGE.absent()), new HostSettingRecord(IMAGE)));
    assertThat(PlanChecker.check(there, plan)).isEmpty();
    Snapshot after = Enactment.of(there, plan);
    assertThat(after.desiredSetting(host("h1"), IMAGE.key())).isEmpty();
    Plan back = Cluster.plan(new RollbackPlanner().plan(after, Enactment.operation("op-1", plan)));
    assertThat(PlanChecker.check(after, back)).isEmpty();
    assertThat(Enactment.of(after, back).hosts().get(host("h1")).settings())
        .containsEntry(IMAGE.key(), IMAGE);
  }

  @Test
  void whatIsNowhereCannotBeRemoved() {
    assertThat(Cluster.problems(PLANNER.remove(before, Set.of(host("h1")), "debian")))
        .singleElement()
        .asString()
        .contains("is on none of these hosts");
  }
}
