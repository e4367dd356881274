package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.LibvirtNetworkSpec;
import dev.ballast.core.model.LinkSetting.InFiles;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Networks of libvirt and port forwards that files declare: read, planned, pruned. */
class LibvirtNetworkFilesTest {
  private static final String FILE =
      """
      kind: LibvirtNetwork
      name: guests
      hosts: [h1]
      mode: open
      address: 10.5.0.1/24
      range: 10.5.0.10-10.5.0.99
      leases: ["52:54:00:00:00:07=10.5.0.7"]
      forwards: ["tcp/8080=10.5.0.7:80"]
      masquerade: true
      """;

  private static final VirtualNetwork BY_HAND =
      VirtualNetwork.wanted("mine", "nat", "10.6.0.1/24", "", "", new TreeMap<>());

  private static SpecResult read(String text) {
    return SpecParser.parse(List.of(new SourceFile("n.yaml", text)), Sample.CLUSTER);
  }

  private static List<LibvirtNetworkSpec> specs() {
    return read(FILE).libvirtNetworkSpecs();
  }

  private static SortedSet<String> set(String... texts) {
    return new TreeSet<>(List.of(texts));
  }

  private static Snapshot snapshot(
      SortedMap<String, VirtualNetwork> networks, PortForwards open, InFiles files) {
    SortedMap<String, HostSetting> settings = new TreeMap<>();
    settings.put(VirtualNetworks.KEY, new VirtualNetworks(networks));
    settings.put(PortForwards.KEY, open);
    settings.put(OtherNetworks.KEY, new OtherNetworks(new TreeMap<>()));
    Snapshot snapshot = Sample.snapshot(Sample.lab("h1").withSettings(settings));
    SortedMap<String, HostSetting> desired = new TreeMap<>(settings);
    desired.remove(OtherNetworks.KEY);
    desired.put(InFiles.KEY, files);
    return files.isEmpty()
        ? snapshot
        : snapshot.withDesiredSettings(new TreeMap<>(Map.of(Sample.host("h1"), desired)));
  }

  private static PortForwards closed() {
    return new PortForwards(new TreeMap<>(), new TreeSet<>(), 0);
  }

  private static PlanResult apply(
      Snapshot snapshot, List<LibvirtNetworkSpec> specs, boolean prune) {
    return new ApplyPlanner()
        .plan(
            snapshot,
            new ApplyPlanner.Declared(List.of(), List.of(), List.of(), specs),
            PlacementPolicy.DEFAULT,
            prune);
  }

  private static String planned(Snapshot snapshot, PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    Plan plan = ((PlanResult.Planned) result).plan();
    assertThat(PlanChecker.check(snapshot, plan)).isEmpty();
    return plan.steps() + " " + plan.changes() + " " + plan.decisions();
  }

  @Test
  void aFileIsReadWhole() {
    LibvirtNetworkSpec spec = specs().getFirst();

    assertThat(spec.name()).isEqualTo("guests");
    assertThat(spec.network().leases()).containsEntry("52:54:00:00:00:07", "10.5.0.7");
    assertThat(spec.forwards()).containsEntry("tcp 8080", "10.5.0.7:80");
    assertThat(spec.masquerade()).isTrue();
  }

  @Test
  void faultsNameThePlace() {
    assertThat(read(FILE.replace("mode: open", "mode: nat")).faults().toString())
        .contains("n.yaml", "only into a network of mode open");
    assertThat(read(FILE.replace("10.5.0.7:80", "10.9.0.7:80")).faults().toString())
        .contains("is not within 10.5.0.0/24");
    assertThat(read(FILE.replace("range:", "rnage:")).faults().toString())
        .contains("unknown key 'rnage'");
    assertThat(read(FILE + "---\n" + FILE).faults().toString())
        .contains("two networks of libvirt are named 'guests'");
  }

  @Test
  void theNetworkComesFirstAndItsPortsWithTheNextPlan() {
    Snapshot empty =
        snapshot(new TreeMap<>(Map.of("mine", BY_HAND)), closed(), new InFiles(set(), set()));
    String first = planned(empty, apply(empty, specs(), false));
    assertThat(first)
        .contains("guests: open", "mine: nat", "apply again")
        .doesNotContain("tcp 8080");

    SortedMap<String, VirtualNetwork> both = new TreeMap<>();
    both.put("mine", BY_HAND);
    both.put("guests", specs().getFirst().network());
    Snapshot standing = snapshot(both, closed(), new InFiles(set("guests"), set()));
    assertThat(planned(standing, apply(standing, specs(), false)))
        .contains("tcp 8080 to 10.5.0.7:80, masquerade 10.5.0.0/24")
        .doesNotContain("apply again");
  }

  @Test
  void pruningTakesOnlyWhatFilesHadDeclared() {
    SortedMap<String, VirtualNetwork> both = new TreeMap<>();
    both.put("mine", BY_HAND);
    both.put("guests", specs().getFirst().network());
    InFiles files = new InFiles(set("guests"), set("tcp 8080", "10.5.0.0/24"));
    PortForwards open =
        new PortForwards(new TreeMap<>(Map.of("tcp 8080", "10.5.0.7:80")), set("10.5.0.0/24"), 0);
    Snapshot full = snapshot(both, open, files);

    assertThat(planned(full, apply(full, List.of(), false))).startsWith("[] []");
    assertThat(planned(full, apply(full, List.of(), true)))
        .contains("PortForwards[forwards={}, masquerades=[]", "go when no port leads there");
    Snapshot shut = snapshot(both, closed(), new InFiles(set("guests"), set()));
    assertThat(planned(shut, apply(shut, List.of(), true))).contains("RemoveHostSetting");
    PlanResult.Planned pruned = (PlanResult.Planned) apply(shut, List.of(), true);
    assertThat(pruned.plan().steps())
        .singleElement()
        .satisfies(
            step ->
                assertThat(step.planned().action())
                    .isEqualTo(
                        new SetHostSetting(
                            new VirtualNetworks(new TreeMap<>(Map.of("mine", BY_HAND))))));
  }
}
