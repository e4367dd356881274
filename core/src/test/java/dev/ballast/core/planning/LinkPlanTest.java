package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting.Neighbours;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Bridges of the kernel, addresses and routes of hosts, as planned. */
class LinkPlanTest {
  private static final String ADDRESS = "10.0.0.1/24";
  private static final String ROUTE = "default via 10.0.0.254";
  private static final OwnLinks NOTHING = new OwnLinks(new TreeMap<>());

  private static SortedSet<String> set(String... texts) {
    return new TreeSet<>(List.of(texts));
  }

  private static HostLink other(String extra, String owner, String... addresses) {
    return new HostLink(
        Kind.CARD,
        1_400,
        false,
        set(),
        set(addresses),
        addresses.length == 0 ? set() : set(ROUTE),
        Optional.empty(),
        extra,
        owner);
  }

  private static Snapshot snapshot(OwnLinks own) {
    SortedMap<String, HostLink> others =
        new TreeMap<>(
            Map.of(
                "eth0",
                other("", "", ADDRESS),
                "eth1",
                other("", ""),
                "eth2",
                other("a port of ovs-system", ""),
                "eth3",
                other("", "NetworkManager")));
    others.keySet().removeAll(own.links().keySet());
    SortedMap<String, HostSetting> settings = new TreeMap<>();
    settings.put(OwnLinks.KEY, own);
    settings.put(OtherLinks.KEY, new OtherLinks(others));
    return Sample.snapshot(Sample.lab("h1").withSettings(settings));
  }

  private static OwnLinks one(String name, HostLink link) {
    return new OwnLinks(new TreeMap<>(Map.of(name, link)));
  }

  private static HostLink bridge(String... ports) {
    return HostLink.bridge(0, false, set(ports), set(), set());
  }

  private static HostLink card(String... addresses) {
    return HostLink.card(0, set(addresses), set(), Optional.empty());
  }

  private static PlanResult merge(Snapshot snapshot, OwnLinks added, boolean keep, String... gone) {
    return new HostSettingPlanner()
        .merge(snapshot, Set.of(Sample.host("h1")), added, Set.of(gone), keep);
  }

  private static OwnLinks planned(Snapshot snapshot, PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    Plan plan = ((PlanResult.Planned) result).plan();
    assertThat(PlanChecker.check(snapshot, plan)).isEmpty();
    assertThat(plan.steps()).hasSize(1);
    return (OwnLinks) ((SetHostSetting) plan.steps().getFirst().planned().action()).setting();
  }

  @Test
  void aBridgeTakesACardAndWhatItCarries() {
    Snapshot snapshot = snapshot(NOTHING);

    OwnLinks target = planned(snapshot, merge(snapshot, one("br0", bridge("eth0")), true));

    assertThat(target.links())
        .containsEntry("br0", HostLink.bridge(1_400, false, set("eth0"), set(ADDRESS), set(ROUTE)))
        .containsEntry(
            "eth0",
            HostLink.card(
                1_400, set(), set(), Optional.of(new Former(1_400, set(ADDRESS), set(ROUTE)))));
  }

  @Test
  void aCardThatCarriesSomethingIsNotTakenWithoutIt() {
    Snapshot snapshot = snapshot(NOTHING);

    assertThat(merge(snapshot, one("br0", bridge("eth0")), false).toString())
        .contains("eth0 has 10.0.0.1/24, default via 10.0.0.254", "--keep");
    assertThat(merge(snapshot, one("eth0", card("10.9.0.1/24")), false).toString())
        .contains("would be cut off");
  }

  @Test
  void linksOfOtherOwnersAreRefusedByName() {
    Snapshot snapshot = snapshot(NOTHING);

    assertThat(merge(snapshot, one("eth2", card()), false).toString())
        .contains("eth2 is a port of ovs-system");
    assertThat(merge(snapshot, one("br0", bridge("eth3")), false).toString())
        .contains("eth3 is managed by NetworkManager");
    assertThat(merge(snapshot, one("eth9", card()), false).toString()).contains("no link eth9");
    assertThat(merge(snapshot, one("eth1", bridge()), false).toString())
        .contains("did not make: name another");
  }

  @Test
  void removingABridgeGivesItsCardsBack() {
    Snapshot empty = snapshot(NOTHING);
    OwnLinks with = planned(empty, merge(empty, one("br0", bridge("eth0", "eth1")), true));
    Snapshot snapshot = snapshot(with);

    assertThat(planned(snapshot, merge(snapshot, NOTHING, false, "br0")).links()).isEmpty();
    assertThat(merge(snapshot, NOTHING, false, "eth1").toString())
        .contains("eth1 is a port of a bridge");
    assertThat(merge(snapshot, NOTHING, false, "eth7").toString()).contains("no link eth7");
    HostLink less = HostLink.bridge(0, false, set("eth0"), set(ADDRESS), set(ROUTE));
    assertThat(planned(snapshot, merge(snapshot, one("br0", less), false)).links())
        .containsOnlyKeys("br0", "eth0");
  }

  private static Snapshot trunked(LinkNeighbour... neighbours) {
    SortedMap<String, HostSetting> settings = new TreeMap<>();
    settings.put(Neighbours.KEY, new Neighbours(new TreeSet<>(List.of(neighbours))));
    ObservedSwitch ovs = new ObservedSwitch(new TreeMap<>(), new TreeMap<>(Map.of("eth1", "")));
    return Sample.snapshot(Sample.lab("h1").withSettings(settings).withOvs(Optional.of(ovs)));
  }

  private static String bridgePlan(Snapshot snapshot) {
    NetworkSpec network =
        new NetworkSpec(
            new NetworkName("lan"),
            "brl",
            new TreeSet<>(),
            set("eth1"),
            Optional.empty(),
            new TreeSet<>(List.of(10, 20)),
            false);
    return new ApplyPlanner()
        .plan(
            snapshot,
            new ApplyPlanner.Declared(List.of(), List.of(network)),
            PlacementPolicy.DEFAULT,
            false)
        .toString();
  }

  @Test
  void aTrunkThatTheNeighbourDoesNotAnnounceIsWarnedOf() {
    LinkNeighbour some = new LinkNeighbour("eth1", "switch-1", "ge-7", new TreeSet<>(List.of(10)));
    LinkNeighbour all =
        new LinkNeighbour("eth1", "switch-1", "ge-7", new TreeSet<>(List.of(10, 20)));

    assertThat(bridgePlan(trunked(some)))
        .contains("switch-1 ge-7", "does not announce VLANs [20]", "not verified");
    assertThat(bridgePlan(trunked())).contains("no neighbour of eth1 on h1 announces VLANs");
    assertThat(bridgePlan(trunked(all))).doesNotContain("announce").contains("brl");
  }

  @Test
  void addressesAndRoutesHaveOneForm() {
    HostLink link =
        HostLink.card(
            0,
            set("FD00:0:0::1/64", "10.1.0.1/24"),
            set("10.2.0.0/16 via 10.1.0.9 metric 0", "fd01::/64 via fd00::2 metric 1024"),
            Optional.empty());

    assertThat(link.addresses()).containsExactly("10.1.0.1/24", "fd00::1/64");
    assertThat(link.routes()).containsExactly("10.2.0.0/16 via 10.1.0.9", "fd01::/64 via fd00::2");
    Former had = new Former(1_500, link.addresses(), set(ROUTE, "10.3.0.0/16 metric 7"));
    assertThat(Former.parse(had.text())).isEqualTo(had);
  }
}
