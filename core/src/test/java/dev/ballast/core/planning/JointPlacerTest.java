package dev.ballast.core.planning;

import static dev.ballast.core.sample.Cluster.plan;
import static dev.ballast.core.sample.Cluster.problems;
import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.search.Aim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JointPlacerTest {
  private static HostView large(String name) {
    return Sample.view(name, Sample.flat(8, 16 * GIB));
  }

  private static List<VmSpec> guests(int count, long memoryBytes) {
    List<VmSpec> specs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      specs.add(spec("g-" + i, d -> d.memory(memoryBytes)));
    }
    return specs;
  }

  private static Plan planned(Snapshot snapshot, List<VmSpec> specs, Aim aim) {
    Plan plan =
        plan(new ApplyPlanner().plan(snapshot, specs, PlacementPolicy.DEFAULT.withAim(aim)));
    assertThat(PlanChecker.check(snapshot, plan)).isEmpty();
    return plan;
  }

  private static Map<HostName, Long> counts(Snapshot snapshot) {
    return snapshot.assignments().values().stream()
        .collect(Collectors.groupingBy(a -> a.host(), Collectors.counting()));
  }

  @Test
  void aBatchIsSpreadEvenlyOrFillsHostsAsThePolicyWants() {
    Snapshot three = snapshot(large("h1"), large("h2"), large("h3"));
    List<VmSpec> twelve = guests(12, GIB);

    Plan even = planned(three, twelve, Aim.BALANCE);
    assertThat(counts(Enactment.of(three, even)))
        .containsExactlyInAnyOrderEntriesOf(Map.of(host("h1"), 4L, host("h2"), 4L, host("h3"), 4L));
    assertThat(even.decisions())
        .allSatisfy(
            decision -> assertThat(decision.reason()).contains("together with 11 other new VMs"));
    assertThat(counts(Enactment.of(three, planned(three, twelve, Aim.CONSOLIDATE)))).hasSize(1);
  }

  @Test
  void aBatchThatFillsItsHostsWhollyFindsRoom() {
    // Each host takes 8 GiB: two of 4, or one of 5 and one of 3.
    HostView[] hosts = new HostView[4];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = Sample.view("h" + (i + 1), Sample.flat(8, 8 * GIB + (256L << 20)));
    }
    List<VmSpec> specs = new ArrayList<>();
    long[] sizes = {5, 5, 3, 3, 4, 4, 4, 4};
    for (int i = 0; i < sizes.length; i++) {
      long bytes = MemoryDemand.guestBytes(sizes[i] * GIB) >> 10 << 10;
      specs.add(spec("g-" + i, d -> d.memory(bytes)));
    }
    Snapshot four = snapshot(hosts);

    assertThat(Enactment.of(four, planned(four, specs, Aim.BALANCE)).assignments()).hasSize(8);
  }

  @Test
  void whatCannotBePlacedIsToldAsBefore() {
    Snapshot one = snapshot(large("h1"));
    List<VmSpec> specs = new ArrayList<>(guests(8, GIB));
    specs.add(spec("big", d -> d.memory(100 * GIB)));

    assertThat(problems(new ApplyPlanner().plan(one, specs, PlacementPolicy.DEFAULT)))
        .singleElement()
        .asString()
        .startsWith("big: ")
        .contains("h1");
  }

  @Test
  void vmsThatAreThereCount() {
    Snapshot used =
        Cluster.running(
            snapshot(large("h1"), large("h2")), spec("old", d -> d.hosts("h1").memory(8 * GIB)));
    List<VmSpec> specs = new ArrayList<>(guests(8, GIB));
    specs.add(spec("old", d -> d.hosts("h1").memory(8 * GIB)));

    Snapshot after = Enactment.of(used, planned(used, specs, Aim.BALANCE));
    assertThat(after.assignments().get(vm("old")).host()).isEqualTo(host("h1"));
    assertThat(counts(after).getOrDefault(host("h2"), 0L))
        .isGreaterThan(counts(after).getOrDefault(host("h1"), 0L));
  }

  @Property(tries = 200)
  void everyBatchPassesTheCheckerUnderEveryPolicy(@ForAll long seed, @ForAll Aim aim) {
    SplittableRandom random = new SplittableRandom(seed);
    HostView[] views = new HostView[random.nextInt(1, 6)];
    for (int i = 0; i < views.length; i++) {
      views[i] =
          Sample.marked(
              Sample.view("h" + i, Sample.nodes(random.nextInt(1, 3), 4, 1, 4 * GIB)),
              "rack=r" + i % 2);
    }
    Snapshot snapshot = snapshot(views);
    List<VmSpec> specs = new ArrayList<>();
    int count = random.nextInt(8, 20);
    for (int i = 0; i < count; i++) {
      long bytes = random.nextLong(1, 8) << 27;
      int kind = random.nextInt(8);
      specs.add(
          spec(
              "vm-" + i,
              d ->
                  switch (kind) {
                    case 0 -> d.memory(bytes).apart("a");
                    case 1 -> d.memory(bytes).together("t");
                    case 2 -> d.memory(bytes).spread("s", "rack", 3);
                    case 3 -> d.memory(bytes).dedicated();
                    case 4 -> d.memory(bytes).hosts("h0");
                    default -> d.memory(bytes).vcpus(2);
                  }));
    }

    if (new ApplyPlanner().plan(snapshot, specs, PlacementPolicy.DEFAULT.withAim(aim))
        instanceof PlanResult.Planned(Plan plan)) {
      assertThat(PlanChecker.check(snapshot, plan)).isEmpty();
      assertThat(Enactment.of(snapshot, plan).assignments()).hasSize(count);
    }
  }
}
