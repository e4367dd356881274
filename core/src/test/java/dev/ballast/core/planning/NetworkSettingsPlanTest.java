package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.Subnet;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Sample;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Networks of libvirt and forwards into them, as planned. */
class NetworkSettingsPlanTest {
  private static final Set<String> NOTHING = Set.of();

  private static VirtualNetwork network(String name, String mode, String address) {
    return VirtualNetwork.wanted(name, mode, address, "", "", new TreeMap<>());
  }

  private static VirtualNetworks one(String name, String mode, String address) {
    return new VirtualNetworks(new TreeMap<>(Map.of(name, network(name, mode, address))));
  }

  private static PortForwards forward(String from, String to) {
    return new PortForwards(new TreeMap<>(Map.of(from, to)), new TreeSet<>(), 0);
  }

  private static Snapshot snapshot(VirtualNetworks networks, PortForwards forwards) {
    SortedMap<String, HostSetting> settings = new TreeMap<>();
    settings.put(VirtualNetworks.KEY, networks);
    settings.put(PortForwards.KEY, forwards);
    settings.put(
        OtherNetworks.KEY, new OtherNetworks(new TreeMap<>(Map.of("default", "nat on virbr0"))));
    HostView host = Sample.lab("h1").withSettings(settings);
    return Sample.snapshot(host);
  }

  private static final Snapshot OPEN =
      snapshot(
          one("guests", "open", "10.5.0.1/24"),
          new PortForwards(new TreeMap<>(), new TreeSet<>(), 0));

  private static PlanResult merge(Snapshot snapshot, HostSetting added, Set<String> removed) {
    return new HostSettingPlanner().merge(snapshot, Set.of(Sample.host("h1")), added, removed);
  }

  private static Plan planned(PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  @Test
  void aNetworkComesBesidesTheOthers() {
    Plan plan = planned(merge(OPEN, one("apart", "isolated", "10.6.0.1/24"), NOTHING));

    assertThat(plan.steps()).hasSize(1);
    assertThat(plan.steps().getFirst().planned().action().describe())
        .contains("apart: isolated 10.6.0.1/24", "guests: open 10.5.0.1/24");
    assertThat(PlanChecker.check(OPEN, plan)).isEmpty();
  }

  @Test
  void aNetworkOfOthersAndAnOverlapAreProblems() {
    assertThat(merge(OPEN, one("default", "nat", "10.7.0.1/24"), NOTHING).toString())
        .contains("default of libvirt that Ballast did not make");
    assertThat(merge(OPEN, one("more", "nat", "10.5.0.129/25"), NOTHING).toString())
        .contains("overlap");
    assertThat(merge(OPEN, new VirtualNetworks(new TreeMap<>()), Set.of("absent")).toString())
        .contains("has no network of all of [absent]");
  }

  @Test
  void aForwardLeadsIntoAnOpenNetworkOnly() {
    Plan plan = planned(merge(OPEN, forward("tcp 8080", "10.5.0.7:80"), NOTHING));
    assertThat(PlanChecker.check(OPEN, plan)).isEmpty();

    assertThat(merge(OPEN, forward("tcp 8080", "10.6.0.7:80"), NOTHING).toString())
        .contains("in no open network");
    Snapshot nat =
        snapshot(
            one("guests", "nat", "10.5.0.1/24"),
            new PortForwards(new TreeMap<>(), new TreeSet<>(), 0));
    assertThat(merge(nat, forward("tcp 8080", "10.5.0.7:80"), NOTHING).toString())
        .contains("in no open network");
  }

  @Test
  void aNetworkThatAForwardNeedsDoesNotGo() {
    Snapshot used = snapshot(one("guests", "open", "10.5.0.1/24"), forward("tcp 1", "10.5.0.7:1"));

    assertThat(merge(used, new VirtualNetworks(new TreeMap<>()), Set.of("guests")).toString())
        .contains("would forward tcp 1");
    Plan back =
        planned(
            merge(used, new PortForwards(new TreeMap<>(), new TreeSet<>(), 0), Set.of("tcp 1")));
    assertThat(back.steps().getFirst().planned().action().describe()).contains("none");
  }

  @Test
  void aTableChangedByHandIsNotReplaced() {
    Snapshot touched =
        snapshot(
            one("guests", "open", "10.5.0.1/24"),
            new PortForwards(new TreeMap<>(), new TreeSet<>(), 2));

    assertThat(merge(touched, forward("tcp 1", "10.5.0.7:1"), NOTHING).toString())
        .contains("changed by hand");
  }

  @Test
  void subnetsKnowTheirAddresses() {
    assertThat(Subnet.parse("10.5.0.77/24")).hasToString("10.5.0.0/24");
    assertThat(Subnet.parse("10.5.0.77/24").contains("10.5.0.255")).isTrue();
    assertThat(Subnet.parse("10.5.0.77/24").contains("10.5.1.0")).isFalse();
    assertThat(Subnet.parse("0.0.0.0/0").contains("192.0.2.1")).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse("10.5.0.256/24"));
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse("10.5.0.1"));
  }

  @Test
  void whatCannotBeIsToldByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                VirtualNetwork.wanted(
                    "a", "nat", "10.5.0.1/24", "10.6.0.1", "10.6.0.9", new TreeMap<>()))
        .withMessageContaining("'10.6.0.1' is not within 10.5.0.0/24");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> forward("tcp 0", "10.5.0.7:80"))
        .withMessageContaining("no port of a host");
  }
}
