package dev.ballast.core.practice;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.KSM;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.flat;
import static dev.ballast.core.sample.Sample.foreign;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.nodes;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.view;
import static dev.ballast.core.sample.Sample.vm;
import static dev.ballast.core.sample.Sample.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.DiskSetup;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NicSetup;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each rule finds what is against it, and nothing where it is kept. */
class DoctorTest {
  private static final DiskSetup GOOD_DISK =
      new DiskSetup("vda", "disk", "virtio", "none", "file", false);
  private static final NicSetup GOOD_NIC = new NicSetup("52:54:00:00:00:01", "virtio");
  private static final DomainSetup GOOD =
      setup("kvm", "host-passthrough", GOOD_DISK, GOOD_NIC, Set.of());

  private static DomainSetup setup(
      String type, String cpuMode, DiskSetup disk, NicSetup nic, Set<String> needless) {
    return new DomainSetup(
        type,
        cpuMode,
        List.of(disk),
        List.of(nic),
        new TreeSet<>(needless),
        new TreeSet<>(Set.of("cpu", "disk", "network")),
        Optional.empty());
  }

  private static DomainSetup withDisk(DiskSetup disk) {
    return setup("kvm", "host-passthrough", disk, GOOD_NIC, Set.of());
  }

  private static DiskSetup cache(String cache) {
    return new DiskSetup("vda", "disk", "virtio", cache, "file", false);
  }

  private static HostFacts facts(ClockState clock, Map<OtherOwner, String> owners) {
    return facts(clock, owners, Map.of());
  }

  private static HostFacts facts(
      ClockState clock, Map<OtherOwner, String> owners, Map<VmName, DomainSetup> setups) {
    return new HostFacts(clock, "by chrony", new TreeMap<>(owners), new TreeMap<>(setups));
  }

  /** A host with two running guests on CPUs of their own, of which web is set up like that. */
  private static HostView two(String name, DomainSetup web) {
    HostView view = with(view(name, flat(4, 8 * GIB)), KSM.withRun(1));
    view = with(view, foreign("db", 1, 128 * MIB, CpuSet.of(0)));
    view = with(view, foreign("web", 1, 128 * MIB, CpuSet.of(1)));
    return view.withFacts(
        facts(ClockState.SYNCHRONISED, Map.of(), Map.of(vm("web"), web, vm("db"), GOOD)));
  }

  private static List<Finding> examine(String rule, HostView... views) {
    return Doctor.examine(snapshot(views), Set.of(), Set.of(rule));
  }

  private static Finding only(String rule, HostView... views) {
    List<Finding> findings = examine(rule, views);
    assertThat(findings).hasSize(1);
    return findings.getFirst();
  }

  @Test
  void findsNothingWhereAllIsWell() {
    Snapshot snapshot = snapshot(two("h1", GOOD));

    assertThat(Doctor.examine(snapshot, Set.of(), Set.of())).isEmpty();
  }

  @Test
  void ksmIsOffWhileGuestsRun() {
    HostView off = with(two("h1", GOOD), KSM);

    Finding finding = only("BL001", off);

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.text()).contains("2 guests run");
    assertThat(finding.remedy()).contains("ballast ksm on --host h1 --run");
    assertThat(finding.plan().orElseThrow().steps()).hasSize(1);
    assertThat(examine("BL001", with(view("h1", flat(2, GIB)), KSM))).as("no guests").isEmpty();
  }

  @Test
  void passthroughTiesToHostsWithAnEqualCpu() {
    HostView other = withCpu(view("h2", flat(4, GIB)), "another CPU");

    Finding finding = only("BL002", two("h1", withMode("host-model")), other);

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.vm()).contains(vm("db"));
    assertThat(finding.text()).contains("h2 (another CPU)");
  }

  private static HostView withCpu(HostView view, String model) {
    HostInventory old = view.inventory();
    return with(
        view,
        new HostInventory(
            old.topology(),
            model,
            old.cpuFlags(),
            old.memoryBytes(),
            old.cpuCapacityMillis(),
            old.cgroupVersion(),
            old.cgroupControllers(),
            old.versions(),
            old.lacks()));
  }

  private static DomainSetup withMode(String mode) {
    return setup("kvm", mode, GOOD_DISK, GOOD_NIC, Set.of());
  }

  @Test
  void equalCpusAreWorthPassingThrough() {
    HostView other = view("h2", flat(4, GIB));

    Finding finding = only("BL002", two("h1", withMode("host-model")), other);

    assertThat(finding.severity()).isEqualTo(Severity.INFO);
    assertThat(finding.remedy()).contains("host-passthrough");
    assertThat(examine("BL002", two("h1", GOOD), other)).isEmpty();
    assertThat(examine("BL002", two("h1", withMode("host-model")))).as("one host").isEmpty();
  }

  @Test
  void theCacheFitsTheStorage() {
    HostView other = view("h2", flat(4, GIB));

    assertThat(only("BL003", two("h1", withDisk(cache("")))).remedy()).contains("writethrough");
    assertThat(only("BL003", two("h1", withDisk(cache("unsafe")))).severity())
        .isEqualTo(Severity.ERROR);
    assertThat(only("BL003", two("h1", withDisk(cache("writethrough"))), other).remedy())
        .contains("cache='none'");
    assertThat(examine("BL003", two("h1", withDisk(cache("writethrough"))))).isEmpty();
    assertThat(examine("BL003", two("h1", withDisk(cache("none"))), other)).isEmpty();
  }

  @Test
  void readOnlyAndNetworkDisksHaveNoCacheToLose() {
    DiskSetup readOnly = new DiskSetup("vda", "disk", "virtio", "", "file", true);
    DiskSetup network = new DiskSetup("vda", "disk", "virtio", "", "network", false);
    DiskSetup cdrom = new DiskSetup("sda", "cdrom", "sata", "", "file", false);

    for (DiskSetup disk : List.of(readOnly, network, cdrom)) {
      assertThat(examine("BL003", two("h1", withDisk(disk)))).as(disk.toString()).isEmpty();
    }
  }

  @Test
  void disksAreNotEmulated() {
    DiskSetup ide = new DiskSetup("hda", "disk", "ide", "none", "file", false);
    DiskSetup cdrom = new DiskSetup("sda", "cdrom", "sata", "", "file", true);
    DiskSetup scsi = new DiskSetup("sda", "disk", "virtio-scsi", "none", "file", false);

    assertThat(only("BL004", two("h1", withDisk(ide))).text()).contains("ide");
    assertThat(examine("BL004", two("h1", withDisk(cdrom)))).isEmpty();
    assertThat(examine("BL004", two("h1", withDisk(scsi)))).isEmpty();
    assertThat(examine("BL004", two("h1", GOOD))).isEmpty();
  }

  @Test
  void cardsAreNotEmulated() {
    for (String model : List.of("e1000", "rtl8139", "")) {
      NicSetup nic = new NicSetup("52:54:00:00:00:01", model);
      DomainSetup setup = setup("kvm", "host-passthrough", GOOD_DISK, nic, Set.of());
      assertThat(only("BL005", two("h1", setup)).field()).contains("52:54:00:00:00:01");
    }
    assertThat(examine("BL005", two("h1", GOOD))).isEmpty();
  }

  @Test
  void needlessDevicesAreNamed() {
    Set<String> needless = Set.of("graphics vnc", "sound ich6");
    DomainSetup setup = setup("kvm", "host-passthrough", GOOD_DISK, GOOD_NIC, needless);

    Finding finding = only("BL006", two("h1", setup));

    assertThat(finding.text()).isEqualTo("has graphics vnc, sound ich6");
    assertThat(finding.severity()).isEqualTo(Severity.INFO);
    assertThat(examine("BL006", two("h1", GOOD))).isEmpty();
  }

  @Test
  void missingLimitsAreNamedOfWhatTheVmHas() {
    DomainSetup unlimited =
        new DomainSetup(
            "kvm",
            "host-passthrough",
            List.of(GOOD_DISK),
            List.of(),
            new TreeSet<>(),
            new TreeSet<>(),
            Optional.empty());

    assertThat(only("BL007", two("h1", unlimited)).text()).isEqualTo("has no limit of cpu, disk");
    assertThat(examine("BL007", two("h1", GOOD))).isEmpty();
  }

  @Test
  void vcpusThatFitIntoANodeStayInOne() {
    HostView view = view("h1", nodes(2, 4, 1, 4 * GIB));
    HostView across = with(view, foreign("web", 2, GIB, CpuSet.range(2, 5)));
    HostView within = with(view, foreign("web", 2, GIB, CpuSet.range(4, 7)));
    HostView tooLarge = with(view, foreign("web", 2, 6 * GIB, CpuSet.range(2, 5)));

    Finding finding = only("BL008", across);

    assertThat(finding.text()).contains("nodes [0, 1]");
    assertThat(finding.remedy())
        .isEqualTo("ballast pin web --vcpu 0=0-3 --vcpu 1=0-3 --emulator 0-3 --run");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(examine("BL008", within)).isEmpty();
    assertThat(examine("BL008", tooLarge)).as("fits into no node").isEmpty();
  }

  @Test
  void aVmThatMayRunAnywhereIsOnlyWorthKnowing() {
    HostView view = view("h1", nodes(2, 4, 1, 4 * GIB));

    Finding finding = only("BL008", with(view, foreign("web", 2, GIB, CpuSet.range(0, 7))));

    assertThat(finding.severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void pinsOverlapWhileCpusAreFree() {
    HostView view = with(view("h1", flat(3, GIB)), foreign("a", 1, MIB, CpuSet.of(0)));
    HostView overlapping = with(view, foreign("b", 1, MIB, CpuSet.of(0)));
    HostView full = with(overlapping, foreign("c", 1, MIB, CpuSet.range(1, 2)));

    Finding finding = only("BL009", overlapping);

    assertThat(finding.text()).isEqualTo("2 vCPUs of [a, b] are pinned to CPU 0 alone");
    assertThat(finding.remedy()).contains("1-2");
    assertThat(examine("BL009", full)).as("no CPU is free").isEmpty();
    assertThat(examine("BL009", with(view, foreign("b", 1, MIB, CpuSet.of(1))))).isEmpty();
  }

  @Test
  void theClockFollowsASource() {
    HostView view = view("h1", flat(2, GIB));

    Finding wrong = only("BL010", view.withFacts(facts(ClockState.NOT_SYNCHRONISED, Map.of())));
    Finding unknown = only("BL010", view.withFacts(facts(ClockState.UNKNOWN, Map.of())));

    assertThat(wrong.severity()).isEqualTo(Severity.WARNING);
    assertThat(wrong.text()).contains("by chrony");
    assertThat(unknown.severity()).isEqualTo(Severity.INFO);
    assertThat(examine("BL010", view.withFacts(facts(ClockState.SYNCHRONISED, Map.of()))))
        .isEmpty();
    assertThat(examine("BL010", view)).as("nothing is known").isEmpty();
  }

  @Test
  void otherOwnersAreToldWithWhatGaveThemAway() {
    HostView view =
        view("h1", flat(2, GIB))
            .withFacts(
                facts(ClockState.SYNCHRONISED, Map.of(OtherOwner.KSMTUNED, "process ksmtuned")));

    Finding finding = only("BL011", view);

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.text()).contains("refuses to set it").contains("process ksmtuned");
    assertThat(examine("BL011", two("h1", GOOD))).isEmpty();
  }

  @Test
  void everyOwnerHasASeverityAndARemedy() {
    Map<OtherOwner, String> all = new TreeMap<>();
    for (OtherOwner owner : OtherOwner.values()) {
      all.put(owner, "seen");
    }
    HostView view = view("h1", flat(2, GIB)).withFacts(facts(ClockState.SYNCHRONISED, all));

    assertThat(examine("BL011", view))
        .hasSize(OtherOwner.values().length)
        .allSatisfy(finding -> assertThat(finding.remedy()).isNotEmpty());
  }

  @Test
  void theWorstComesFirstAndHostsAreChosen() {
    HostView h1 =
        with(two("h1", withDisk(cache("unsafe"))), KSM)
            .withFacts(two("h1", withDisk(cache("unsafe"))).facts());
    HostView h2 = view("h2", flat(2, GIB)).withFacts(facts(ClockState.UNKNOWN, Map.of()));
    Snapshot snapshot = snapshot(h1, h2);

    assertThat(Doctor.examine(snapshot, Set.of(), Set.of()))
        .extracting(Finding::severity)
        .isSortedAccordingTo((a, b) -> b.compareTo(a))
        .contains(Severity.ERROR, Severity.INFO);
    assertThat(Doctor.examine(snapshot, Set.of(host("h2")), Set.of()))
        .extracting(Finding::rule)
        .containsExactly("BL010");
  }

  @Test
  void idsAreUniqueAndUnknownOnesAreTold() {
    assertThat(Doctor.rules()).extracting(Rule::id).doesNotHaveDuplicates().isSorted();
    assertThat(Doctor.rules())
        .allSatisfy(rule -> assertThat(rule.title() + rule.why()).isNotBlank());
    assertThat(Doctor.unknown(Set.of("BL001", "BL999"))).containsExactly("BL999");
  }
}
