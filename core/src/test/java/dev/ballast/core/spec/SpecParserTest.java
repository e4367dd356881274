package dev.ballast.core.spec;

import static dev.ballast.core.spec.Parsed.faultsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpecParserTest {
  private static final String FULL =
      """
      kind: VM
      name: web-1
      vcpus: 2
      memory: 1GiB
      cpu:
        policy: dedicated
        pins:
          vcpus: ["0", 2-3]
          emulator: 0-1
      boot:
        kernel: /boot/vmlinuz
        initrd: /boot/initrd
        cmdline: "console=ttyS0 quiet"
      disks:
      - {path: /srv/a.qcow2, format: qcow2, cache: writeback, readOnly: true}
      - {path: /dev/vg/b, format: raw}
      nics: [{bridge: br0, mac: 52:54:00:AA:bb:01, openVswitch: true}, {bridge: br1}]
      placement: {hosts: [h2, h1], antiAffinity: [web]}
      run: stopped
      automation: off
      type: qemu
      machine: pc
      emulator: /usr/bin/qemu-system-x86_64
      labels: {tier: web, release: 1.10}
      """;

  @Test
  void theCacheModeFollowsTheNumberOfHosts() {
    List<SourceFile> files =
        List.of(
            new SourceFile(
                "a.yaml",
                """
                kind: VM
                name: a
                vcpus: 1
                memory: 1GiB
                disks:
                - {path: /a, format: raw}
                - {path: /b, format: raw, cache: writeback}
                """));

    for (int hosts : new int[] {1, 2, 3}) {
      assertThat(
              SpecParser.parse(files, Parsed.CLUSTER, SpecParser.defaultCache(hosts))
                  .specs()
                  .getFirst()
                  .disks())
          .extracting(DiskSpec::cache)
          .containsExactly(hosts == 1 ? "writethrough" : "none", "writeback");
    }
  }

  @Test
  void readsEveryKey() {
    assertThat(Parsed.file(FULL).specs())
        .containsExactly(
            new VmSpec(
                new VmName("web-1"),
                2,
                1L << 30,
                CpuPolicy.DEDICATED,
                DomainType.QEMU,
                Optional.of("pc"),
                Optional.of("/usr/bin/qemu-system-x86_64"),
                new BootSpec.Kernel("/boot/vmlinuz", "/boot/initrd", "console=ttyS0 quiet"),
                List.of(
                    new DiskSpec("/srv/a.qcow2", "qcow2", "writeback", true),
                    new DiskSpec("/dev/vg/b", "raw", "none", false)),
                List.of(
                    new NicSpec("br0", "52:54:00:aa:bb:01", true),
                    new NicSpec(
                        "br1", Identity.mac(Parsed.CLUSTER, new VmName("web-1"), 1), false)),
                Optional.of(new CpuPins(List.of(CpuSet.of(0), CpuSet.of(2, 3)), CpuSet.of(0, 1))),
                new TreeSet<>(List.of(new HostName("h1"), new HostName("h2"))),
                new TreeSet<>(List.of("web")),
                RunState.STOPPED,
                Automation.OFF,
                new TreeMap<>(java.util.Map.of("tier", "web", "release", "1.10"))));
  }

  @Test
  void defaultsOfWhatIsNotWritten() {
    VmSpec spec = Parsed.with("");
    assertThat(spec.cpuPolicy()).isEqualTo(CpuPolicy.SHARED);
    assertThat(spec.type()).isEqualTo(DomainType.AUTO);
    assertThat(spec.machine()).isEmpty();
    assertThat(spec.emulatorPath()).isEmpty();
    assertThat(spec.boot()).isEqualTo(new BootSpec.Disk());
    assertThat(spec.disks())
        .containsExactly(new DiskSpec("/srv/web-1.qcow2", "qcow2", "none", false));
    assertThat(spec.nics()).isEmpty();
    assertThat(spec.pins()).isEmpty();
    assertThat(spec.hosts()).isEmpty();
    assertThat(spec.antiAffinity()).isEmpty();
    assertThat(spec.run()).isEqualTo(RunState.RUNNING);
    assertThat(spec.automation()).isEqualTo(Automation.AUTO);
    assertThat(spec.labels()).isEmpty();
  }

  @Test
  void wishesForTheHostAreRead() {
    PlacementRules rules =
        Parsed.with(
                """
                placement:
                  notHosts: [h9]
                  hostLabels: {disk: nvme}
                  tolerates: [gpu]
                  affinity: [db]
                  spread: {group: web, over: rack, atMost: 2}
                """)
            .rules();

    assertThat(rules)
        .isEqualTo(
            new PlacementRules(
                new TreeSet<>(List.of(new HostName("h9"))),
                new TreeMap<>(java.util.Map.of("disk", "nvme")),
                new TreeSet<>(List.of("gpu")),
                new TreeSet<>(List.of("db")),
                Optional.of(new SpreadRule("web", "rack", 2))));
    assertThat(Parsed.with("placement: {spread: {group: web}}").rules().spread())
        .contains(new SpreadRule("web", "host", 1));
    assertThat(Parsed.with("").rules()).isEqualTo(PlacementRules.NONE);
  }

  @Test
  void faultyWishesAreNamed() {
    assertThat(Parsed.faultsWith("placement: {notHost: [h1]}"))
        .containsExactly(
            "web.yaml:6:13: unknown key 'notHost' in 'placement' (did you mean 'notHosts'?)");
    assertThat(Parsed.faultsWith("placement: {spread: {over: rack}}"))
        .singleElement()
        .asString()
        .contains("key 'placement.spread.group' is missing");
    assertThat(Parsed.faultsWith("placement: {spread: {group: a, atMost: 0}}"))
        .singleElement()
        .asString()
        .contains("'placement.spread.atMost' is a whole number from 1 to 10000");
    assertThat(Parsed.faultsWith("placement: {hostLabels: {'a b': c}}"))
        .singleElement()
        .asString()
        .contains("label key 'a b'");
  }

  @Test
  void emulatorPinsDefaultToAllCpusOfTheVcpus() {
    assertThat(Parsed.with("cpu: {pins: {vcpus: [\"1,3\"]}}").pins().orElseThrow().emulator())
        .isEqualTo(CpuSet.of(1, 3));
  }

  @Test
  void readsSeveralDocumentsAndSkipsEmptyOnes() {
    String second = Parsed.BASE.replace("web-1", "web-2");
    SpecResult result = Parsed.file("---\n---\n" + Parsed.BASE + "---\n# none\n---\n" + second);
    assertThat(result.specs())
        .extracting(spec -> spec.name().value())
        .containsExactly("web-1", "web-2");
  }

  @Test
  void acceptsByteOrderMarkAndWindowsLineEnds() {
    assertThat(Parsed.file("\uFEFF" + Parsed.BASE.replace("\n", "\r\n")).specs()).hasSize(1);
    assertThat(Parsed.faults("\uFEFFkinds: VM"))
        .startsWith(
            "web.yaml:1:1: key 'kind' is missing (write 'kind: VM', 'kind: Network' or 'kind: Image')");
  }

  @Test
  void tellsAllFaultsOfAllFilesSortedByPlace() {
    SpecResult result =
        Parsed.files(
            new SourceFile("z.yaml", "kind: VM\nname: web-1\nvcpu: 1\nmemory: 128\n"),
            new SourceFile(
                "a.yaml", Parsed.BASE + "nics: [{bridge: br0, mac: 01:00:00:00:00:01}]"));
    assertThat(result.faults())
        .extracting(Fault::toString)
        .containsExactly(
            "a.yaml:6:27: 'nics[0].mac' 01:00:00:00:00:01 is a group address (the first octet must"
                + " be even)",
            "z.yaml:1:1: key 'vcpus' is missing (such as 'vcpus: 1')",
            "z.yaml:1:1: the VM has nothing to boot from (write 'disks', or 'boot' with a kernel)",
            "z.yaml:2:7: two VMs are named 'web-1' (the other at a.yaml:2:7)",
            "z.yaml:3:1: unknown key 'vcpu' (did you mean 'vcpus'?)",
            "z.yaml:4:9: 'memory' is a whole number with a unit (B, KiB, MiB, GiB or TiB), not"
                + " '128' (the unit is missing: for mebibytes write '128MiB')");
    assertThatThrownBy(result::specs).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void faultyVmsStillCarryWhatCanBeChecked() {
    SpecResult result = Parsed.file(Parsed.BASE + "colour: red\n");
    assertThat(result.faults()).hasSize(1);
    assertThat(result.vms()).hasSize(1);
    assertThat(result.vms().getFirst().spec().memoryBytes()).isEqualTo(128L << 20);
  }

  @Test
  void macsOfOtherFilesAreFound() {
    SpecResult result =
        Parsed.files(
            new SourceFile("a.yaml", Parsed.BASE + "nics: [{bridge: br0, mac: 52:54:00:00:00:01}]"),
            new SourceFile(
                "b.yaml",
                Parsed.BASE.replace("web-1", "web-2")
                    + "nics: [{bridge: br0, mac: 52:54:00:00:00:01}]"));
    assertThat(result.faults())
        .extracting(Fault::toString)
        .containsExactly(
            "b.yaml:6:27: two NICs have the MAC address 52:54:00:00:00:01 (the other at"
                + " a.yaml:6:27)");
  }

  @Test
  void derivedMacThatIsTakenIsFound() {
    String taken = Identity.mac(Parsed.CLUSTER, new VmName("web-1"), 1);
    assertThat(faultsWith("nics: [{bridge: br0, mac: " + taken + "}, {bridge: br0}]"))
        .containsExactly(
            "web.yaml:6:47: the MAC address derived for this NIC, "
                + taken
                + ", is taken (by the NIC at web.yaml:6:27: write another 'mac' at one of them)");
  }

  @Test
  void locatesWrittenKeysAndFallsBackToWhatIsAround() {
    LocatedVm vm =
        Parsed.file(Parsed.BASE + "placement: {hosts: [h2, h1]}\nnics: [{bridge: br0}]\n")
            .vms()
            .getFirst();
    assertThat(vm.locate("memory")).hasToString("web.yaml:4:9");
    assertThat(vm.locate("disks[0].path")).hasToString("web.yaml:5:16");
    assertThat(vm.locate("disks[0].cache")).hasToString("web.yaml:5:9");
    assertThat(vm.locate("type")).hasToString("web.yaml:1:1");
    assertThat(vm.locate(LocatedVm.hostKey(new HostName("h1")))).hasToString("web.yaml:6:25");
    assertThat(vm.locate(LocatedVm.macKey(vm.spec().nics().getFirst().mac())))
        .hasToString("web.yaml:7:8");
  }
}
