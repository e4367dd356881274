package dev.ballast.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.VmSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdoptedReaderTest {
  private static final String XML =
      """
      domainXml: |
        <domain type='kvm'>
          <name>db</name>
          <uuid>5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01</uuid>
          <memory unit='MiB'>512</memory>
          <vcpu>2</vcpu>
          <os><type machine='q35'>hvm</type></os>
          <devices>
            <interface type='bridge'><source bridge='br0'/><mac address='52:54:00:AA:00:01'/></interface>
          </devices>
        </domain>
      """;
  private static final String HEAD = "kind: VM\nname: db\nvcpus: 2\nmemory: 512MiB\n";

  @Test
  void whatTheDefinitionSaysIsReadFromIt() {
    VmSpec spec = Parsed.file(HEAD + XML).specs().getFirst();

    assertThat(spec.machine()).contains("q35");
    assertThat(spec.nics()).containsExactly(new NicSpec("br0", "52:54:00:aa:00:01", false));
    assertThat(spec.adopted().orElseThrow().uuid())
        .isEqualTo("5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01");
  }

  @Test
  void howTheDefinitionIsWrittenDoesNotMatter() {
    String compact =
        HEAD
            + "domainXml: \""
            + XML.substring(XML.indexOf('\n'))
                .replaceAll("\\s*\\n\\s*", "")
                .replace("<os>", "<!-- x --><os>")
            + "\"\n";

    assertThat(Parsed.file(compact).specs()).isEqualTo(Parsed.file(HEAD + XML).specs());
  }

  @Test
  void sizesAndRulesMayBeChanged() {
    VmSpec spec =
        Parsed.file(
                HEAD.replace("vcpus: 2", "vcpus: 4").replace("512MiB", "1GiB")
                    + "run: stopped\nautomation: auto\nplacement: {hosts: [h1]}\n"
                    + "cpu: {policy: dedicated}\nlabels: {a: b}\n"
                    + XML)
            .specs()
            .getFirst();

    assertThat(spec.vcpus()).isEqualTo(4);
    assertThat(spec.memoryBytes()).isEqualTo(1L << 30);
  }

  @Test
  void whatStandsInTheDefinitionStandsNowhereElse() {
    List<String> faults =
        Parsed.faults(
            HEAD
                + "type: kvm\nmachine: pc\nemulator: /bin/q\n"
                + "boot: {kernel: /k, initrd: /i}\n"
                + "disks: [{path: /a, format: raw}]\nnics: [{bridge: br0}]\n"
                + XML);

    assertThat(faults)
        .hasSize(6)
        .allMatch(fault -> fault.contains("of an adopted VM stands in its 'domainXml'"));
    assertThat(faults.getFirst()).startsWith("web.yaml:5:7: 'type'");
  }

  @Test
  void theNameIsTheDomains() {
    assertThat(Parsed.faults(HEAD.replace("name: db", "name: web") + XML))
        .singleElement()
        .asString()
        .startsWith("web.yaml:2:7: an adopted VM keeps the name of its domain, 'db'");
  }

  @Test
  void sizesThatStandTwiceAreChangedTogether() {
    String topology =
        XML.replace(
            "<devices>", "<cpu><topology sockets='2' cores='1' threads='1'/></cpu><devices>");
    String cells =
        XML.replace(
            "<devices>", "<cpu><numa><cell cpus='0-1' memory='524288'/></numa></cpu><devices>");

    assertThat(Parsed.faults(HEAD + topology)).isEmpty();
    assertThat(Parsed.faults(HEAD.replace("vcpus: 2", "vcpus: 4") + topology))
        .singleElement()
        .asString()
        .startsWith("web.yaml:3:8: 'vcpus' is not what 'domainXml' says, where <topology>");
    assertThat(Parsed.faults(HEAD.replace("512MiB", "1GiB") + cells))
        .singleElement()
        .asString()
        .startsWith("web.yaml:4:9: 'memory' is not what 'domainXml' says, where");
  }

  @Test
  void badDefinitionsAreFaults() {
    assertThat(Parsed.faults(HEAD + "domainXml: |\n  <domain>\n"))
        .singleElement()
        .asString()
        .startsWith("web.yaml:5:12: 'domainXml' is no XML: line 2")
        .contains("virsh dumpxml");
    assertThat(Parsed.faults(HEAD + "domainXml: [a]\n")).singleElement().asString().contains("|");
    assertThat(Parsed.faults(HEAD + "domainXml:\n"))
        .singleElement()
        .asString()
        .contains("no value");
  }

  @Test
  void macAddressesInDefinitionsAreHeldAgainstOthers() {
    String other =
        """
        ---
        kind: VM
        name: web
        vcpus: 1
        memory: 128MiB
        disks: [{path: /a, format: raw}]
        nics: [{bridge: br0, mac: '52:54:00:aa:00:01'}]
        """;

    assertThat(Parsed.faults(HEAD + XML + other))
        .singleElement()
        .asString()
        .contains("two NICs have the MAC address 52:54:00:aa:00:01");
  }
}
