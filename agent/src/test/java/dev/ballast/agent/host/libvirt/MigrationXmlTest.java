package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MigrationXmlTest {
  private static final CpuPins PINS =
      new CpuPins(List.of(CpuSet.of(7), CpuSet.parse("4-5")), CpuSet.of(6));

  private static final String WRITTEN =
      "<vcpupin vcpu=\"0\" cpuset=\"7\"></vcpupin><vcpupin vcpu=\"1\" cpuset=\"4-5\"></vcpupin>"
          + "<emulatorpin cpuset=\"6\"></emulatorpin>";

  @Test
  void replacesPinsAndKeepsTheRestOfCputune() throws DomainXmlException {
    String xml =
        domain(
            "<iothreads>1</iothreads><cputune><shares>512</shares><vcpupin vcpu='0' cpuset='0'/>"
                + "<iothreadpin iothread='1' cpuset='1'/><emulatorpin cpuset='0-1'/></cputune>");

    assertThat(MigrationXml.withPins(xml, PINS))
        .isEqualTo(
            domain(
                "<iothreads>1</iothreads><cputune>"
                    + WRITTEN
                    + "<iothreadpin iothread=\"1\" cpuset=\"6\"></iothreadpin>"
                    + "<shares>512</shares></cputune>"));
  }

  @Test
  void putsTheMemoryOnTheTargetsNodes() throws DomainXmlException {
    Optional<MemoryNodes> one = Optional.of(new MemoryNodes(MemoryMode.RESTRICTIVE, CpuSet.of(1)));
    String onZero = domain("<numatune><memory mode='restrictive' nodeset='0'/></numatune>");
    String strict = domain("<numatune><memory mode='strict' nodeset='0'/></numatune>");
    String written = "<memory mode=\"restrictive\" nodeset=\"1\"></memory>";

    assertThat(MigrationXml.withPlace(onZero, PINS, one))
        .contains("<numatune>" + written + "</numatune>")
        .doesNotContain("nodeset=\"0\"");
    assertThat(MigrationXml.withPlace(domain(""), PINS, one))
        .contains("<numatune>" + written + "</numatune>");
    assertThat(MigrationXml.withPlace(onZero, PINS, Optional.empty())).doesNotContain("<memory");
    assertThat(MigrationXml.withPlace(strict, PINS, Optional.empty()))
        .contains("mode=\"strict\" nodeset=\"0\"");
  }

  @Test
  void addsPinsWhereThereAreNone() throws DomainXmlException {
    assertThat(MigrationXml.withPins(domain(""), PINS))
        .isEqualTo(domain("").replace("</domain>", "<cputune>" + WRITTEN + "</cputune></domain>"));
  }

  @Test
  void refusesWhatIsNoDomain() {
    assertThatThrownBy(() -> MigrationXml.withPins("<network/>", PINS))
        .isInstanceOf(DomainXmlException.class)
        .hasMessageContaining("not <domain>");
  }

  private static String domain(String content) {
    return "<domain type=\"qemu\"><name>web</name><vcpu>2</vcpu>" + content + "</domain>";
  }

  @Property
  void leavesAllElseAsItIs(@ForAll("domains") String xml) throws DomainXmlException {
    String pinned = MigrationXml.withPins(xml, PINS);

    DomainXml before = DomainXml.parse(xml);
    DomainXml after = DomainXml.parse(pinned);
    // The digest covers every element, attribute and text but the pins.
    assertThat(after.configDigest()).as(pinned).isEqualTo(before.configDigest());
    assertThat(after.definedDigest()).isEqualTo(before.definedDigest());
    assertThat(after.specDigest()).isEqualTo(before.specDigest());
    assertThat(after.vcpuPins()).hasSize(2).containsEntry(0, CpuSet.of(7));
    assertThat(after.emulatorPin()).contains(CpuSet.of(6));
    assertThat(MigrationXml.withPins(pinned, PINS)).as("done again").isEqualTo(pinned);
  }

  @Provide
  Arbitrary<String> domains() {
    Arbitrary<List<String>> tunes =
        Arbitraries.of(
                "<shares>512</shares>",
                "<vcpupin vcpu='0' cpuset='0'/>",
                "<vcpupin vcpu='1' cpuset='0-3'/>",
                "<emulatorpin cpuset='0-1'/>",
                "<iothreadpin iothread='1' cpuset='1'/>",
                "<vcpusched vcpus='0' scheduler='fifo' priority='1'/>",
                "<!-- kept -->",
                "\n  ")
            .list()
            .ofMaxSize(6);
    Arbitrary<List<String>> others =
        Arbitraries.of(
                "<metadata><b:vm xmlns:b='https://ballast.dev/xmlns/domain/1' spec='s'>a &amp; b"
                    + "</b:vm><d:defined xmlns:d='https://ballast.dev/xmlns/defined/1'"
                    + " config-digest='c'/></metadata>",
                "<description>&lt;cputune&gt; <![CDATA[<vcpupin>]]> \u00e9</description>",
                "<devices><disk type='file'><source file='/a&amp;b \"c\"'/></disk>"
                    + "<cputune><vcpupin vcpu='9' cpuset='9'/></cputune></devices>",
                "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
                    + "<qemu:arg value='-x'/></qemu:commandline>",
                "<os><cmdline>console=ttyS0  quiet</cmdline></os>",
                "\n  ")
            .list()
            .ofMaxSize(5);
    return Combinators.combine(others, tunes, others)
        .as(
            (first, tune, last) ->
                "<domain type='qemu' id='3'><name>web</name><vcpu>2</vcpu>"
                    + joined(first)
                    + (tune.isEmpty() ? "" : "<cputune>" + joined(tune) + "</cputune>")
                    + joined(last)
                    + "</domain>");
  }

  private static String joined(List<String> parts) {
    return parts.stream().distinct().collect(Collectors.joining());
  }
}
