package dev.ballast.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpecCheckTest {
  private static final HostView H1 = host("h1", CpuSet.range(0, 1), 2048, Optional.empty());
  private static final HostView H2 =
      host("h2", CpuSet.range(2, 5), 4096, Optional.of("no vmx or svm flag"));

  private static HostView host(String name, CpuSet cpus, int memoryMib, Optional<String> noKvm) {
    SortedMap<Capability, String> lacks = new TreeMap<>();
    noKvm.ifPresent(reason -> lacks.put(Capability.KVM, reason));
    long memoryBytes = (long) memoryMib << 20;
    Topology topology =
        new Topology(
            cpus,
            List.of(cpus),
            cpus.stream().mapToObj(CpuSet::of).toList(),
            List.of(new NumaNode(0, cpus, memoryBytes, List.of(10), List.of())),
            CacheLevel.NONE);
    HostInventory inventory =
        new HostInventory(
            topology,
            "cpu",
            List.of(),
            memoryBytes,
            cpus.size() * 1000L,
            2,
            List.of(),
            new TreeMap<>(),
            lacks);
    return new HostView(
        new HostName(name),
        true,
        1,
        inventory,
        Optional.empty(),
        new TreeMap<>(),
        HostLoad.NONE,
        Automation.AUTO,
        false,
        false);
  }

  /** One host h1 with CPUs 0-1 and 4 GiB, where KVM does not serve. */
  static Snapshot smallCluster() {
    return snapshot(host("h1", CpuSet.range(0, 1), 4096, Optional.of("the CPU has no vmx or svm")));
  }

  private static Snapshot snapshot(HostView... hosts) {
    TreeMap<HostName, HostView> byName = new TreeMap<>();
    for (HostView host : hosts) {
      byName.put(host.name(), host);
    }
    return new Snapshot(
        1,
        Parsed.CLUSTER,
        Automation.AUTO,
        false,
        byName,
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  private static List<String> check(String yaml, HostView... hosts) {
    SpecResult parsed = Parsed.file(yaml);
    assertThat(parsed.faults()).isEmpty();
    return SpecCheck.check(parsed.vms(), snapshot(hosts)).stream().map(Fault::toString).toList();
  }

  private static String vm(int vcpus, String memory, String lines) {
    return Parsed.BASE.replace("vcpus: 1", "vcpus: " + vcpus).replace("128MiB", memory) + lines;
  }

  private static HostView labelled(HostView host, String key, String value) {
    return new HostView(
        host.name(),
        true,
        1,
        host.inventory()
            .withTraits(new HostTraits(new TreeMap<>(Map.of(key, value)), new TreeSet<>())),
        Optional.empty(),
        new TreeMap<>(),
        HostLoad.NONE,
        Automation.AUTO,
        false,
        false);
  }

  private static List<String> checkAll(String yaml, HostView... hosts) {
    return SpecCheck.all(Parsed.file(yaml), snapshot(hosts)).stream().map(Fault::toString).toList();
  }

  @Test
  void wishesThatNoHostGrantsOrThatContradictOneAnother() {
    HostView rack = labelled(H1, "rack", "r1");
    assertThat(checkAll(Parsed.BASE + "placement: {hostLabels: {rack: r2}}", rack, H2))
        .containsExactly("web.yaml:6:32: no host has the label rack: r2 (did you mean 'r1'?)");
    assertThat(checkAll(Parsed.BASE + "placement: {spread: {group: g, over: zone}}", rack, H2))
        .containsExactly(
            "web.yaml:6:38: no host has a label 'zone' to spread over"
                + " (set host.labels.zone in the hosts' agent.yaml)");
    assertThat(checkAll(Parsed.BASE + "placement: {hosts: [h1], notHosts: [h1]}", rack, H2))
        .containsExactly(
            "web.yaml:6:36: each of placement.hosts is also in placement.notHosts (take one out)");
    assertThat(checkAll(Parsed.BASE + "placement: {notHosts: [h3]}", rack, H2))
        .singleElement()
        .asString()
        .contains("unknown host 'h3'");
    String second = Parsed.BASE.replace("web-1", "web-2");
    assertThat(
            checkAll(
                Parsed.BASE
                    + "placement: {affinity: [a], antiAffinity: [b]}\n---\n"
                    + second
                    + "placement: {affinity: [a], antiAffinity: [b]}",
                rack,
                H2))
        .hasSize(2)
        .first()
        .asString()
        .contains("'a' keeps 'web-1' and 'web-2' together, anti-affinity group 'b' keeps them");
    assertThat(
            checkAll(
                Parsed.BASE
                    + "placement: {spread: {group: g}}\n---\n"
                    + second
                    + "placement: {spread: {group: g, atMost: 2}}",
                rack,
                H2))
        .singleElement()
        .asString()
        .contains("VM 'web-1' has at most 1 of 'g' in one host: write the same");
  }

  @Test
  void whatSomeHostCanGiveIsNoFault() {
    assertThat(check(vm(1, "4GiB", ""), H1, H2)).isEmpty();
    assertThat(check(vm(4, "1GiB", "cpu: {policy: dedicated}"), H1, H2)).isEmpty();
    assertThat(check(vm(1, "1GiB", "cpu: {pins: {vcpus: ['4-5']}}"), H1, H2)).isEmpty();
    assertThat(check(vm(1, "1GiB", "type: kvm"), H1, H2)).isEmpty();
    assertThat(check(vm(9, "1GiB", "placement: {hosts: [h1]}"), H1, H2)).isEmpty();
  }

  @Test
  void withoutHostsNothingIsChecked() {
    assertThat(check(vm(1, "9TiB", "placement: {hosts: [nowhere]}"))).isEmpty();
  }

  @Test
  void unknownHosts() {
    assertThat(check(vm(1, "9TiB", "placement: {hosts: [h2, rack-7, h11]}"), H1, H2))
        .containsExactly(
            "web.yaml:4:9: memory 9TiB is more than any host has (h1: 2048MiB, h2: 4096MiB)",
            "web.yaml:6:25: unknown host 'rack-7' (hosts: h1, h2)",
            "web.yaml:6:33: unknown host 'h11' (did you mean 'h1'?)");
    assertThat(check(vm(1, "3GiB", "placement: {hosts: [h1, h11]}"), H1, H2)).hasSize(1);
  }

  @Test
  void memory() {
    assertThat(check(vm(1, "5GiB", ""), H1, H2))
        .containsExactly(
            "web.yaml:4:9: memory 5GiB is more than any host has (h1: 2048MiB, h2: 4096MiB)");
    assertThat(check(vm(1, "3GiB", "placement: {hosts: [h1]}"), H1, H2))
        .containsExactly(
            "web.yaml:4:9: memory 3GiB is more than any allowed host has (h1: 2048MiB)");
  }

  @Test
  void pinsPastTheHostsCpus() {
    assertThat(check(vm(2, "1GiB", "cpu: {pins: {vcpus: ['0', '1,7']}}"), H1))
        .containsExactly("web.yaml:6:27: CPU 7 is on no host (h1: CPUs 0-1)");
    assertThat(check(vm(1, "1GiB", "cpu: {pins: {vcpus: ['0'], emulator: '6-8'}}"), H1, H2))
        .containsExactly("web.yaml:6:38: CPU 6-8 is on no host (h1: CPUs 0-1, h2: CPUs 2-5)");
    assertThat(
            check(vm(1, "1GiB", "cpu: {pins: {vcpus: ['2']}}\nplacement: {hosts: [h1]}"), H1, H2))
        .containsExactly("web.yaml:6:22: CPU 2 is on no allowed host (h1: CPUs 0-1)");
  }

  @Test
  void pinsThatNoSingleHostHas() {
    assertThat(check(vm(2, "1GiB", "cpu: {pins: {vcpus: ['0', '2']}}"), H1, H2))
        .containsExactly(
            "web.yaml:6:13: no single host has all the pinned CPUs 0,2 (h1: 0-1, h2: 2-5)");
  }

  @Test
  void dedicatedCpus() {
    assertThat(check(vm(5, "1GiB", "cpu: {policy: dedicated}"), H1, H2))
        .containsExactly(
            "web.yaml:3:8: 5 dedicated vCPUs are more than any host has CPUs (h1: 2 CPUs, h2: 4"
                + " CPUs)");
  }

  @Test
  void kvm() {
    assertThat(check(vm(1, "1GiB", "type: kvm\nplacement: {hosts: [h2]}"), H1, H2))
        .containsExactly(
            "web.yaml:6:7: KVM serves on no allowed host (h2: no vmx or svm flag; 'type: auto'"
                + " would emulate)");
  }

  @Test
  void manyHostsAreCut() {
    HostView[] hosts = new HostView[8];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = host("h" + i, CpuSet.of(0), 1, Optional.empty());
    }
    assertThat(check(vm(1, "1GiB", ""), hosts))
        .singleElement()
        .asString()
        .endsWith("(h0: 1MiB, h1: 1MiB, h2: 1MiB, h3: 1MiB, h4: 1MiB, and 3 more)");
  }

  @Test
  void bothKindsOfFaultsInOneRun() {
    SpecResult parsed =
        Parsed.file(
            vm(1, "999TiB", "colour: red\ncpu: {pins: {vcpus: ['7'], emulator: x}}\n---\n")
                + vm(1, "9GiB", "colour: red\ncpu: {pins: {vcpus: ['7']}}")
                    .replace("web-1", "web-2"));
    assertThat(SpecCheck.all(parsed, snapshot(H1)))
        .extracting(fault -> fault.line() + ":" + fault.message().substring(0, 8))
        .containsExactly(
            "4:'memory'", "6:unknown ", "7:'cpu.pin", "12:memory 9", "14:unknown ", "15:CPU 7 is");
  }

  @Test
  void macsOfVmsThatStay() {
    List<LocatedVm> old =
        Parsed.file(Parsed.BASE + "nics: [{bridge: br0, mac: 52:54:00:00:00:01}]").vms();
    List<LocatedVm> renamed =
        Parsed.file(
                Parsed.BASE.replace("web-1", "web-2")
                    + "nics: [{bridge: br0}, {bridge: br0, mac: 52:54:00:00:00:01}]")
            .vms();
    List<VmSpec> kept = List.of(old.getFirst().spec());
    assertThat(SpecCheck.macsAgainst(old, kept)).isEmpty();
    assertThat(SpecCheck.macsAgainst(renamed, kept))
        .extracting(Fault::toString)
        .containsExactly(
            "web.yaml:6:42: VM 'web-1' already has the MAC address 52:54:00:00:00:01 (write another"
                + " 'mac')");
  }
}
