package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VolumePlanTest {
  private static final String IMAGE =
      "kind: Image\nname: debian\nformat: qcow2\nsource: https://images.example/debian.qcow2\n"
          + "sha256: "
          + "a".repeat(64)
          + "\n---\n";
  private static final String VM =
      """
      kind: VM
      name: web
      vcpus: 1
      memory: 256MiB
      disks:
        - {image: debian, size: 4GiB}
        - {size: 1GiB, format: raw}
      """;
  private static final String ROOT = "/var/lib/ballast/volumes/web-vda.qcow2";
  private static final String DATA = "/var/lib/ballast/volumes/web-vdb.raw";

  private final Snapshot before = snapshot(Sample.view("h1", Sample.flat(4, 8 * GIB)));

  private static PlanResult plan(Snapshot snapshot, String text, boolean prune) {
    SpecResult parsed =
        SpecParser.parse(List.of(new SourceFile("vms.yaml", text)), snapshot.cluster());
    return new ApplyPlanner()
        .plan(
            snapshot,
            new ApplyPlanner.Declared(parsed.specs(), parsed.networkSpecs(), parsed.imageSpecs()),
            PlacementPolicy.DEFAULT,
            prune);
  }

  private Snapshot applied() {
    return Enactment.of(before, Cluster.plan(plan(before, IMAGE + VM, false)));
  }

  @Test
  void imageThenVolumesThenDomainThenStart() {
    Plan plan = Cluster.plan(plan(before, IMAGE + VM, false));

    List<String> steps = Cluster.describe(plan);
    assertThat(steps).hasSize(5);
    assertThat(steps.subList(0, 3))
        .containsExactly(
            "h1 set image:debian qcow2 sha256:aaaaaaaaaaaa",
            "h1 set volume:" + ROOT + " 4GiB qcow2 overlay of image debian for web",
            "h1 set volume:" + DATA + " 1GiB raw blank for web");
    assertThat(steps.get(3)).startsWith("h1 define web");
    assertThat(steps.get(4)).isEqualTo("h1 start web");
    assertThat(plan.steps().get(3).after()).contains(2, 3);
    assertThat(plan.steps().get(1).after()).containsExactly(1);
    assertThat(PlanChecker.check(before, plan)).isEmpty();
    Snapshot after = Enactment.of(before, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    assertThat(Cluster.plan(plan(after, IMAGE + VM, false)).steps()).isEmpty();
  }

  @Test
  void withoutTheImageThereIsNoPlan() {
    assertThat(Cluster.problems(plan(before, VM, false)))
        .singleElement()
        .asString()
        .contains("needs the image 'debian'");
  }

  @Test
  void aRemovedVmLeavesItsVolumesInTheTrashAndRollsBack() {
    Snapshot there = applied();

    Plan plan = Cluster.plan(plan(there, IMAGE, true));

    assertThat(Cluster.describe(plan))
        .endsWith(
            "h1 undefine web",
            "h1 set volume:" + ROOT + " absent",
            "h1 set volume:" + DATA + " absent");
    assertThat(PlanChecker.check(there, plan)).isEmpty();
    Snapshot gone = Enactment.of(there, plan);
    assertThat(gone.hosts().get(host("h1")).settings()).doesNotContainKey(VolumeFile.key(ROOT));
    assertThat(DriftDetector.detect(gone)).isEmpty();
  }

  @Test
  void aLostVolumeIsDriftAndIsNotMadeAnew() {
    Snapshot lost = without(applied(), VolumeFile.key(DATA));

    assertThat(DriftDetector.detect(lost))
        .singleElement()
        .satisfies(drift -> assertThat(drift.found()).isEqualTo("absent"));
    assertThat(Cluster.problems(plan(lost, IMAGE + VM, false)))
        .singleElement()
        .asString()
        .contains("has lost its volume " + DATA);
  }

  @Test
  void noVolumeShrinks() {
    assertThat(Cluster.problems(plan(applied(), IMAGE + VM.replace("4GiB", "3GiB"), false)))
        .singleElement()
        .asString()
        .contains("it cannot shrink");
  }

  @Test
  void aLargerSizeGrowsTheVolumeBehindAPointOfNoReturn() {
    Snapshot there = applied();
    Plan plan = Cluster.plan(plan(there, IMAGE + VM.replace("1GiB", "2GiB"), false));

    assertThat(Cluster.describe(plan)).containsExactly("h1 grow volume:" + DATA + " to 2GiB");
    assertThat(PlanText.render(plan))
        .contains("point of no return")
        .contains("grows from 1GiB to 2GiB while it runs")
        .contains("it never shrinks again");
    assertThat(PlanChecker.check(there, plan)).isEmpty();
    Snapshot after = Enactment.of(there, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    assertThat(Cluster.plan(plan(after, IMAGE + VM.replace("1GiB", "2GiB"), false)).steps())
        .isEmpty();
    assertThat(
            Cluster.problems(new RollbackPlanner().plan(after, Enactment.operation("op-2", plan))))
        .anySatisfy(problem -> assertThat(problem).contains("is final"));
  }

  @Test
  void theStartOfAVmWaitsUntilItsDiskHasGrown() {
    Snapshot running = applied();
    HostView off =
        Enactment.state(running.hosts().get(host("h1")), Sample.vm("web"), DomainState.SHUT_OFF);
    Snapshot there = Sample.with(running, off);

    Plan plan = Cluster.plan(plan(there, IMAGE + VM.replace("1GiB", "2GiB"), false));

    assertThat(Cluster.describe(plan)).contains("h1 start web");
    assertThat(plan.steps().getLast().planned().action().describe()).isEqualTo("start web");
    assertThat(plan.steps().getLast().after()).containsExactly(1);
  }

  @Test
  void theCheckerSeesAVolumeThatWouldShrink() {
    Snapshot there = applied();
    Plan plan = Cluster.plan(plan(there, IMAGE + VM.replace("1GiB", "2GiB"), false));
    VolumeFile grown =
        ((dev.ballast.core.action.Final.GrowVolume) plan.steps().getFirst().planned().action())
            .volume();

    assertThat(PlanChecker.check(with(there, bigger(grown)), plan))
        .anyMatch(violation -> violation.toString().contains("would not only grow"));
  }

  private static VolumeFile bigger(VolumeFile volume) {
    return new VolumeFile(volume.path(), volume.content().orElseThrow().ofSize(4L << 30));
  }

  @Test
  void aVmWithASnapshotNeitherGrowsNorGoes() {
    Snapshot there = snapshotted(applied());

    assertThat(Cluster.problems(plan(there, IMAGE + VM.replace("1GiB", "2GiB"), false)))
        .singleElement()
        .asString()
        .contains("has snapshot before, to which a larger");
    assertThat(Cluster.problems(plan(there, IMAGE, true)))
        .singleElement()
        .asString()
        .contains("has snapshot before, without which libvirt does not let it go");
  }

  private static Snapshot snapshotted(Snapshot snapshot) {
    HostView view = snapshot.hosts().get(host("h1"));
    return Sample.with(
        snapshot,
        Sample.with(
            view,
            view.domains()
                .get(Sample.vm("web"))
                .withSnapshots(List.of(new DomainSnapshot("before", 1, true, false)))));
  }

  @Test
  void whatWasGrownByHandIsTakenOver() {
    Snapshot there = applied();
    VolumeFile small =
        (VolumeFile) there.hosts().get(host("h1")).settings().get(VolumeFile.key(DATA));
    VolumeFile.Content content = small.content().orElseThrow();
    VolumeSource larger = new VolumeSource(Optional.empty(), VolumeSource.Kind.BLANK, 2L << 30);
    VolumeFile grown =
        new VolumeFile(
            DATA, new VolumeFile.Content("raw", larger, content.owner(), content.generation()));
    Snapshot after = with(there, grown);

    assertThat(DriftDetector.detect(after)).hasSize(1);
    Plan plan = Cluster.plan(plan(after, IMAGE + VM.replace("1GiB", "2GiB"), false));

    assertThat(plan.steps()).isEmpty();
    assertThat(DriftDetector.detect(Enactment.of(after, plan))).isEmpty();
  }

  @Test
  void theCheckerSeesAVolumeWithoutItsImageAndOneThatIsStillNeeded() {
    Snapshot there = applied();
    Plan make = Cluster.plan(plan(before, IMAGE + VM, false));
    assertThat(
            PlanChecker.check(
                before,
                new Plan(
                    make.title(),
                    make.origin(),
                    make.parentVersion(),
                    make.steps().stream()
                        .filter(step -> step.number() == 2)
                        .map(
                            step ->
                                new dev.ballast.core.plan.PlanStep(
                                    1, step.host(), step.planned(), new java.util.TreeSet<>()))
                        .toList(),
                    List.of(),
                    List.of(),
                    List.of())))
        .anyMatch(violation -> violation.toString().contains("has no image 'debian' by then"));
    Plan remove = Cluster.plan(plan(there, IMAGE, true));
    assertThat(
            PlanChecker.check(
                there,
                new Plan(
                    remove.title(),
                    remove.origin(),
                    remove.parentVersion(),
                    List.of(
                        new dev.ballast.core.plan.PlanStep(
                            1,
                            host("h1"),
                            remove.steps().getLast().planned(),
                            new java.util.TreeSet<>())),
                    List.of(),
                    List.of(),
                    List.of())))
        .anyMatch(violation -> violation.toString().contains("is discarded while web is defined"));
  }

  private static Snapshot with(Snapshot snapshot, HostSetting setting) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>(snapshot.hosts());
    hosts.computeIfPresent(
        host("h1"),
        (name, view) -> {
          SortedMap<String, HostSetting> settings = new TreeMap<>(view.settings());
          settings.put(setting.key(), setting);
          return view.withSettings(settings);
        });
    return snapshot.with(hosts, snapshot.assignments());
  }

  private static Snapshot without(Snapshot snapshot, String key) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>(snapshot.hosts());
    hosts.computeIfPresent(
        host("h1"),
        (name, view) -> {
          SortedMap<String, HostSetting> settings = new TreeMap<>(view.settings());
          settings.remove(key);
          return view.withSettings(settings);
        });
    return snapshot.with(hosts, snapshot.assignments());
  }
}
