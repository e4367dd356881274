package dev.ballast.core.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.spec.AnySpec;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.topology.CpuSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class DomainRendererTest {
  private static final String CLUSTER = "0f1e2d3c-4b5a-4968-8776-655443322110";

  /** Golden files are written anew with {@code -Dballast.golden.update=true}. */
  private static final boolean UPDATE = Boolean.getBoolean("ballast.golden.update");

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static VmSpec read(String name) throws IOException {
    Path file = GOLDEN.resolve(name + ".yaml");
    return SpecParser.parse(
            List.of(new SourceFile(file.toString(), Files.readString(file))), CLUSTER)
        .specs()
        .getFirst();
  }

  private static CpuPins pins(VmSpec spec) {
    return spec.pins().orElseGet(() -> CpuPins.uniform(spec.vcpus(), CpuSet.range(0, 1)));
  }

  @ParameterizedTest
  @CsvSource({"small,KVM,", "small,QEMU,", "full,KVM,0-1", "kernel,QEMU,", "specials,KVM,0"})
  void golden(String name, DomainType type, String nodeset) throws IOException {
    VmSpec spec = read(name);
    String xml = DomainRenderer.render(spec, pins(spec), type, CLUSTER, memory(nodeset)).xml();
    Path golden = GOLDEN.resolve(name + "-" + type.name().toLowerCase(Locale.ROOT) + ".xml");
    if (UPDATE) {
      Files.writeString(golden, xml);
    }
    assertThat(xml).isEqualTo(Files.readString(golden));
  }

  @Test
  void aWideVmWithHugepagesAndDevices() throws IOException {
    VmSpec spec = read("wide");
    HostLayout layout =
        new HostLayout(
            List.of("0", "2"),
            List.of(
                new AssignedDevice("fast-net", "0000:3b:02.1", true),
                new AssignedDevice("gpu", "0000:5e:00.0", false)));
    RenderedDomain wide =
        DomainRenderer.render(
            spec, pins(spec), DomainType.KVM, CLUSTER, Optional.empty(), 2, layout);
    Path golden = GOLDEN.resolve("wide-kvm.xml");
    if (UPDATE) {
      Files.writeString(golden, wide.xml());
    }
    assertThat(wide.xml()).isEqualTo(Files.readString(golden));
    RenderedDomain other =
        DomainRenderer.render(
            spec,
            pins(spec),
            DomainType.KVM,
            CLUSTER,
            Optional.empty(),
            2,
            new HostLayout(List.of("1", "3"), layout.devices()));
    // The guest sees the same; on which nodes of its host is an assignment.
    assertThat(other.specDigest()).isEqualTo(wide.specDigest());
    assertThat(DomainRenderer.specDigest(spec, DomainType.KVM, CLUSTER))
        .isNotEqualTo(wide.specDigest());
  }

  private static Optional<MemoryNodes> memory(@Nullable String nodes) {
    return Optional.ofNullable(nodes)
        .map(list -> new MemoryNodes(MemoryMode.RESTRICTIVE, CpuSet.parse(list)));
  }

  @Property(tries = 200)
  void sameInputSameBytesThatXmlReadersUnderstand(@ForAll long seed) throws Exception {
    VmSpec spec = AnySpec.of(seed);
    RenderedDomain first = DomainRenderer.render(spec, pins(spec), DomainType.KVM, CLUSTER);
    RenderedDomain again =
        DomainRenderer.render(AnySpec.of(seed), pins(spec), DomainType.KVM, CLUSTER);
    assertThat(again).isEqualTo(first);
    Document xml = parse(first.xml());
    assertThat(all(xml, "/domain/name/text()")).containsExactly(spec.name().value());
    assertThat(all(xml, "/domain/memory/text()"))
        .containsExactly(Long.toString(spec.memoryBytes() / 1024));
    assertThat(all(xml, "//disk/source/@file | //disk/source/@dev"))
        .isEqualTo(spec.disks().stream().map(DiskSpec::path).toList());
    assertThat(all(xml, "//interface/mac/@address"))
        .isEqualTo(spec.nics().stream().map(NicSpec::mac).toList());
    assertThat(all(xml, "//cputune/vcpupin/@cpuset"))
        .isEqualTo(pins(spec).vcpus().stream().map(CpuSet::toString).toList());
    assertThat(all(xml, "//emulator/text()"))
        .isEqualTo(spec.emulatorPath().map(List::of).orElse(List.of()));
    if (spec.boot() instanceof BootSpec.Kernel(String kernel, String initrd, String cmdline)) {
      assertThat(all(xml, "/domain/os/kernel/text()")).containsExactly(kernel);
      assertThat(all(xml, "/domain/os/initrd/text()")).containsExactly(initrd);
      assertThat(String.join("", all(xml, "/domain/os/cmdline/text()"))).isEqualTo(cmdline);
    }
    assertThat(all(xml, "//*[local-name()='vm']/@spec")).containsExactly(first.specDigest());
  }

  private static Document parse(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setCoalescing(true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> all(Document xml, String expression) throws Exception {
    XPath path = XPathFactory.newDefaultInstance().newXPath();
    NodeList nodes = (NodeList) path.evaluate(expression, xml, XPathConstants.NODESET);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      values.add(nodes.item(i).getNodeValue());
    }
    return values;
  }

  @Test
  void disksOverTheNetworkNameTheirHostsAndWhoAsks() throws Exception {
    String yaml =
        "kind: VM\nname: net\nvcpus: 1\nmemory: 1GiB\ndisks:\n"
            + "- {path: 'iscsi://san1:3260/iqn.2026-01.example:disks/3', format: raw}\n"
            + "- {path: 'rbd://mon1,[fd00::1]:6789/vms/net-data?user=ballast"
            + "&secret=00000000-0000-4000-8000-000000000001', format: raw}\n"
            + "- {path: /dev/disk/by-id/wwn-0x5000c500a0b1c2d3, format: raw}\n";
    VmSpec spec = SpecParser.parse(List.of(new SourceFile("a", yaml)), CLUSTER).specs().getFirst();

    Document xml = parse(DomainRenderer.render(spec, pins(spec), DomainType.KVM, CLUSTER).xml());

    assertThat(all(xml, "//disk/@type")).containsExactly("network", "network", "block");
    assertThat(all(xml, "//disk/source/@protocol")).containsExactly("iscsi", "rbd");
    assertThat(all(xml, "//disk/source/@name"))
        .containsExactly("iqn.2026-01.example:disks/3", "vms/net-data");
    assertThat(all(xml, "//source/host/@name")).containsExactly("san1", "mon1", "fd00::1");
    assertThat(all(xml, "//source/host/@port")).containsExactly("3260", "6789");
    assertThat(all(xml, "//source/auth/@username")).containsExactly("ballast");
    assertThat(all(xml, "//source/auth/secret/@type")).containsExactly("ceph");
  }

  @Test
  void digestIgnoresPinsAndNodes() throws IOException {
    VmSpec spec = read("full");
    String digest = DomainRenderer.specDigest(spec, DomainType.KVM, CLUSTER);
    CpuPins others = CpuPins.uniform(spec.vcpus(), CpuSet.of(9));
    assertThat(DomainRenderer.render(spec, pins(spec), DomainType.KVM, CLUSTER).specDigest())
        .isEqualTo(digest)
        .matches("[0-9a-f]{64}");
    assertThat(
            DomainRenderer.render(spec, others, DomainType.KVM, CLUSTER, memory("1")).specDigest())
        .isEqualTo(digest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run: stopped",
        "automation: off",
        "labels: {a: b}",
        "placement: {hosts: [h1]}",
        "cpu: {policy: dedicated, pins: {vcpus: ['3']}}"
      })
  void digestIgnoresWhatTheDomainDoesNotTell(String line) {
    assertThat(digest(line)).isEqualTo(digest(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "machine: pc",
        "emulator: /usr/bin/q",
        "nics: [{bridge: br0}]",
        "boot: {kernel: /k, initrd: /i}"
      })
  void digestFollowsWhatTheDomainTells(String line) {
    assertThat(digest(line)).isNotEqualTo(digest(""));
  }

  private static String digest(String line) {
    String yaml = "kind: VM\nname: a\nvcpus: 1\nmemory: 1GiB\ndisks: [{path: /a, format: raw}]\n";
    VmSpec spec =
        SpecParser.parse(List.of(new SourceFile("a", yaml + line)), CLUSTER).specs().getFirst();
    return DomainRenderer.specDigest(spec, DomainType.KVM, CLUSTER);
  }

  @Test
  void typeAndClusterCount() throws IOException {
    VmSpec spec = read("small");
    String digest = DomainRenderer.specDigest(spec, DomainType.KVM, CLUSTER);
    assertThat(DomainRenderer.specDigest(spec, DomainType.QEMU, CLUSTER)).isNotEqualTo(digest);
    assertThat(DomainRenderer.specDigest(spec, DomainType.KVM, "another")).isNotEqualTo(digest);
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    VmSpec spec = read("small");
    CpuPins two = CpuPins.uniform(2, CpuSet.of(0));
    CpuPins none = CpuPins.uniform(1, CpuSet.EMPTY);
    CpuPins fit = CpuPins.uniform(1, CpuSet.of(0));
    assertThatThrownBy(() -> DomainRenderer.render(spec, two, DomainType.KVM, CLUSTER))
        .hasMessage("small has 1 vCPUs, not 2");
    assertThatThrownBy(() -> DomainRenderer.render(spec, none, DomainType.KVM, CLUSTER))
        .hasMessage("small has a thread pinned to no CPU");
    assertThatThrownBy(() -> DomainRenderer.render(spec, fit, DomainType.AUTO, CLUSTER))
        .hasMessage("a domain is of type kvm or qemu");
  }

  @Test
  void diskNamesGoOnAfterZ() {
    assertThat(VmLimits.diskNames(54)).hasSize(54).startsWith("vda", "vdb");
    assertThat(VmLimits.diskNames(54).get(25)).isEqualTo("vdz");
    assertThat(VmLimits.diskNames(54).get(26)).isEqualTo("vdaa");
    assertThat(VmLimits.diskNames(54).get(53)).isEqualTo("vdbb");
  }

  @Test
  void charactersThatXmlCannotHoldAreRefused() {
    assertThatThrownBy(() -> new XmlText().leaf("a", "\u0001"))
        .hasMessage("XML cannot hold the character U+0001");
    assertThat(new XmlText().empty("a", "b", "\n\t'")).hasToString("<a b='&#10;&#9;&apos;'/>\n");
  }
}
