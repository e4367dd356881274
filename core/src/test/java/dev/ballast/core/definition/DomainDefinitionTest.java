package dev.ballast.core.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.topology.CpuSet;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DomainDefinitionTest {
  static List<String> corpus() {
    return Corpus.names();
  }

  @Test
  void theCorpusIsThere() {
    assertThat(corpus()).hasSizeBetween(40, 80);
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void normalFormSaysTheSame(String name) throws Exception {
    String text = Corpus.text(name);
    DomainDefinition definition = DomainDefinition.parse(text);
    assertThat(Canonical.of(definition.xml())).isEqualTo(Canonical.of(text));
    assertThat(definition.configDigest()).isEqualTo(digestByStream(text));
    DomainDefinition again = DomainDefinition.parse(definition.xml());
    assertThat(again.xml()).isEqualTo(definition.xml());
    assertThat(again.configDigest()).isEqualTo(definition.configDigest());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void pinsAndMarkAreAllThatIsAdded(String name) throws Exception {
    DomainDefinition definition = DomainDefinition.parse(Corpus.text(name));
    CpuPins pins = CpuPins.uniform(definition.vcpus(), CpuSet.of(0, 3));
    String defined = definition.xml("d1", pins);
    assertThat(Canonical.of(defined)).isEqualTo(Canonical.of(definition.xml()));
    assertThat(defined).contains("<emulatorpin cpuset='0,3'/>", "spec='d1'");
    assertThat(defined.split("<vcpupin ", -1)).hasSize(definition.vcpus() + 1);
    assertThat(DomainDefinition.parse(defined).xml()).isEqualTo(definition.xml());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void sizesAreChangedAndNothingElse(String name) throws Exception {
    DomainDefinition definition = DomainDefinition.parse(Corpus.text(name));
    int vcpus = definition.vcpus();
    long bytes = definition.memoryBytes();
    assertThat(definition.resized(vcpus, bytes).xml()).isEqualTo(definition.xml());
    DomainDefinition other = definition.resized(vcpus + 1, bytes + (1 << 20));
    assertThat(other.vcpus()).isEqualTo(vcpus + 1);
    assertThat(other.memoryBytes()).isEqualTo(bytes + (1 << 20));
    assertThat(other.configDigest()).isNotEqualTo(definition.configDigest());
    assertThat(other.nics()).isEqualTo(definition.nics());
    assertThat(other.disks()).isEqualTo(definition.disks());
  }

  @Test
  void readsWhatASpecificationHasWordsFor() throws Exception {
    DomainDefinition odd = DomainDefinition.parse(Corpus.text("by-hand/odd"));
    assertThat(odd.name()).isEqualTo("odd-1");
    assertThat(odd.uuid()).isEqualTo("0f1e2d3c-4b5a-4697-8877-665544332211");
    assertThat(odd.type()).isEqualTo(DomainType.QEMU);
    assertThat(odd.vcpus()).isEqualTo(2);
    assertThat(odd.memoryBytes()).isEqualTo(128L << 20);
    assertThat(odd.machine()).contains("pc");
    assertThat(odd.emulatorPath()).contains("/usr/bin/qemu-system-x86_64");
    assertThat(odd.boot()).isEqualTo(new BootSpec.Disk());
    assertThat(odd.disks())
        .containsExactly(new DiskSpec("/srv/with space & ampersand.img", "raw", "unsafe", true));
    assertThat(odd.nics()).isEmpty();
    assertThat(odd.links()).containsExactly("52:54:00:0D:D0:01: network default");
    assertThat(odd.holdsPassword()).isFalse();
    DomainDefinition ovs = DomainDefinition.parse(Corpus.text("virt-install/ovs"));
    assertThat(ovs.nics()).containsExactly(new NicSpec("ovsbr0", "52:54:00:aa:00:05", true));
    DomainDefinition kernel = DomainDefinition.parse(Corpus.text("virt-install/kernel"));
    assertThat(kernel.boot())
        .isEqualTo(new BootSpec.Kernel("/boot/vmlinuz", "/boot/initrd", "console=ttyS0 quiet"));
    assertThat(DomainDefinition.parse(Corpus.text("virt-install/debian")).holdsPassword()).isTrue();
  }

  @Test
  void vcpusThatCanBePluggedStay() throws Exception {
    DomainDefinition debian = DomainDefinition.parse(Corpus.text("virt-install/debian"));
    assertThat(debian.vcpus()).isEqualTo(4);
    assertThat(debian.resized(2, debian.memoryBytes()).xml())
        .contains("<vcpu current='2'>8</vcpu>");
    assertThat(debian.resized(8, debian.memoryBytes()).xml()).contains("<vcpu>8</vcpu>");
    assertThat(debian.resized(9, debian.memoryBytes()).xml()).contains("<vcpu>9</vcpu>");
  }

  @Test
  void tellsWhereASizeStandsTwice() throws Exception {
    assertThat(DomainDefinition.parse(Corpus.text("virt-install/windows")).vcpusObstacle())
        .hasValueSatisfying(why -> assertThat(why).contains("<topology>"));
    assertThat(DomainDefinition.parse(Corpus.text("virt-install/numa")).memoryObstacle())
        .hasValueSatisfying(why -> assertThat(why).contains("<cell>"));
    assertThat(DomainDefinition.parse(Corpus.text("libvirt/memory-hotplug-dimm")).memoryObstacle())
        .isPresent();
    assertThat(
            DomainDefinition.parse(Corpus.text("libvirt/generic-vcpus-individual")).vcpusObstacle())
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <domain               | is no XML: line
          <network/>            | begins with <network>
          <domain type='kvm'/>  | has no <name>
          <domain type='kvm'><name>a</name></domain> | has no <uuid>
          <domain type='lxc'><name>a</name><uuid>u</uuid></domain> | is of type lxc
          <domain type='kvm'><name>a</name><uuid>u</uuid></domain> | no size of memory
          <domain type='kvm'><name>a</name><uuid>u</uuid><memory unit='parsec'>1</memory></domain> | no size of memory
          <domain type='kvm'><name>a</name><uuid>u</uuid><memory>9</memory><vcpu>x</vcpu></domain> | no number of vCPUs
          <!DOCTYPE a [<!ENTITY b "c">]><domain>&b;</domain> | no document type
          """)
  void refusesWhatIsNoDomain(String text, String why) {
    assertThatThrownBy(() -> DomainDefinition.parse(text))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesWhatIsTooLongOrTooDeep() {
    String deep = "<domain>" + "<a>".repeat(XmlReader.DEPTH_LIMIT);
    assertThatThrownBy(() -> DomainDefinition.parse(deep)).hasMessageContaining("deeper than 64");
    String wide = "<domain>" + " ".repeat(AdoptedDomain.XML_LENGTH_LIMIT);
    assertThatThrownBy(() -> DomainDefinition.parse(wide)).hasMessageContaining("longer than");
  }

  /** As an agent makes it. */
  private static String digestByStream(String xml) throws Exception {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
    ConfigDigest digest = new ConfigDigest();
    Deque<String> path = new ArrayDeque<>();
    path.push("");
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          path.push(path.peek() + "/" + reader.getLocalName());
          TreeMap<String, String> attributes = new TreeMap<>();
          for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(
                ConfigDigest.name(reader.getAttributeNamespace(i), reader.getAttributeLocalName(i)),
                reader.getAttributeValue(i));
          }
          digest.start(path.element(), reader.getNamespaceURI(), reader.getLocalName(), attributes);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            digest.text(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          digest.end();
          path.pop();
        }
        default -> {}
      }
    }
    return digest.hex();
  }
}
