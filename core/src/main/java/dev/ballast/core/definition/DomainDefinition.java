package dev.ballast.core.definition;

import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.NicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A domain's persistent definition in normal form: without comments, without the pins of vCPUs and
 * emulator, which are assignments, and without Ballast's own marks. Two texts that say the same
 * have the same normal form, byte for byte. Immutable.
 */
public final class DomainDefinition {
  /** The XML namespace of Ballast's element in a domain's metadata. */
  public static final String SPEC_NAMESPACE = "https://ballast.dev/xmlns/domain/1";

  /** The attribute of that element that holds the specification's digest. */
  public static final String SPEC_ATTRIBUTE = "spec";

  private static final long DEFAULT_HUGEPAGE_BYTES = 2L << 20;

  private final XmlElement root;

  private DomainDefinition(XmlElement root) {
    this.root = root;
  }

  /**
   * Reads a definition.
   *
   * @throws DefinitionException when it is no domain's, too long, or lacks what every domain has
   */
  public static DomainDefinition parse(String xml) throws DefinitionException {
    if (xml.length() > AdoptedDomain.XML_LENGTH_LIMIT) {
      throw new DefinitionException(
          "is longer than " + AdoptedDomain.XML_LENGTH_LIMIT + " characters");
    }
    XmlElement root = XmlReader.read(xml);
    if (!root.name().equals("domain")) {
      throw new DefinitionException("begins with <" + root.name() + ">, not with <domain>");
    }
    DomainDefinition definition = new DomainDefinition(normal(root));
    DomainFields.check(definition.root);
    return definition;
  }

  /**
   * Whether the text names CPUs for vCPUs or emulator, which the normal form does not tell.
   *
   * @throws DefinitionException when it is no XML
   */
  public static boolean namesPins(String xml) throws DefinitionException {
    return XmlReader.read(xml).child("cputune").filter(DomainDefinition::pins).isPresent();
  }

  private static boolean pins(XmlElement tune) {
    return tune.children().stream().anyMatch(DomainDefinition::isPin);
  }

  private static boolean isPin(XmlElement child) {
    return child.name().equals("vcpupin") || child.name().equals("emulatorpin");
  }

  private static XmlElement normal(XmlElement root) {
    XmlElement bare = root.withoutAttribute("id");
    XmlElement untuned = withoutEmpty(bare, "cputune", DomainDefinition::isPin);
    return withoutEmpty(untuned, "metadata", DomainDefinition::isOurs);
  }

  private static XmlElement withoutEmpty(
      XmlElement root, String name, Predicate<XmlElement> unwanted) {
    Optional<XmlElement> parent = root.child(name);
    if (parent.isEmpty()) {
      return root;
    }
    XmlElement rest = parent.get().withoutChildren(unwanted);
    boolean empty = rest.content().isEmpty() && rest.attributes().isEmpty();
    return empty ? root.withoutChild(name) : root.withChild(rest);
  }

  /** Ballast writes its marks with declarations of their own. */
  private static boolean isOurs(XmlElement mark) {
    String prefix = mark.name().substring(0, Math.max(0, mark.name().indexOf(':')));
    String namespace = mark.attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix).orElse("");
    return namespace.equals(SPEC_NAMESPACE) || namespace.equals(ConfigDigest.DEFINED_NAMESPACE);
  }

  public String name() {
    return DomainFields.name(root);
  }

  public String uuid() {
    return DomainFields.uuid(root);
  }

  /** {@code KVM} or {@code QEMU}. */
  public DomainType type() {
    return DomainFields.type(root);
  }

  /** The vCPUs that the domain starts with. */
  public int vcpus() {
    return DomainFields.vcpus(root);
  }

  public long memoryBytes() {
    return DomainFields.memoryBytes(root);
  }

  /**
   * The size of the pages that its memory is made of; the smallest that hosts have where it does
   * not say which. Absent for ordinary memory.
   */
  public Optional<Long> hugepageBytes() {
    return root.at("memoryBacking", "hugepages")
        .map(hugepages -> hugepages.child("page").map(DomainFields::pageBytes).orElse(0L))
        .map(bytes -> bytes > 0 ? bytes : DEFAULT_HUGEPAGE_BYTES);
  }

  public Optional<String> machine() {
    return root.at("os", "type").flatMap(type -> type.attribute("machine"));
  }

  public Optional<String> emulatorPath() {
    return root.at("devices", "emulator").map(XmlElement::text);
  }

  public BootSpec boot() {
    return DomainFields.boot(root);
  }

  /** Those that a specification has words for: files and block devices as disks. */
  public List<DiskSpec> disks() {
    return DomainDevices.disks(root);
  }

  /** Those that a specification has words for: on a bridge, with a MAC address. */
  public List<NicSpec> nics() {
    return DomainDevices.nics(root);
  }

  /** What each NIC is linked to, for people: {@code 52:54:00:00:00:01: network default}. */
  public List<String> links() {
    return DomainDevices.links(root);
  }

  /** Why the number of vCPUs stands in more than one place; absent where it can be changed. */
  public Optional<String> vcpusObstacle() {
    if (root.child("vcpus").isPresent()) {
      return Optional.of("<vcpus> lists each vCPU");
    }
    return root.at("cpu", "topology").isPresent()
        ? Optional.of("<topology> says how the vCPUs are arranged")
        : Optional.empty();
  }

  /** Why the memory stands in more than one place; absent where it can be changed. */
  public Optional<String> memoryObstacle() {
    if (root.at("cpu", "numa", "cell").isPresent()) {
      return Optional.of("the guest's NUMA <cell>s divide it");
    }
    return root.child("maxMemory").isPresent()
        ? Optional.of("<maxMemory> and memory devices make it up")
        : Optional.empty();
  }

  /** Whether it limits the domain: CPU, memory, disks, NICs, or a balloon below the memory. */
  public boolean holdsLimits() {
    return DomainFields.currentMemoryBytes(root) != memoryBytes() || holdsLimits(root, "");
  }

  private static boolean holdsLimits(XmlElement element, String parent) {
    String path = parent + "/" + element.localName();
    return ConfigDigest.isLimit(path)
        || element.children().stream().anyMatch(child -> holdsLimits(child, path));
  }

  /** Whether its text holds a password, as that of a graphics device. */
  public boolean holdsPassword() {
    return root.at("devices").stream()
        .flatMap(devices -> devices.children("graphics").stream())
        .anyMatch(graphics -> graphics.attribute("passwd").isPresent());
  }

  /** The same domain of another size; what is as wanted already stays as it is written. */
  public DomainDefinition resized(int vcpus, long memoryBytes) {
    XmlElement changed = root;
    if (vcpus() != vcpus) {
      changed = DomainFields.withVcpus(changed, vcpus);
    }
    if (memoryBytes() != memoryBytes) {
      changed = DomainFields.withMemory(changed, memoryBytes);
    }
    return new DomainDefinition(changed);
  }

  /** SHA-256 of what it configures, as agents report it of a domain without Ballast's marks. */
  public String configDigest() {
    return DigestOfXml.of(root);
  }

  /** The text. */
  public String xml() {
    return XmlWriter.write(root);
  }

  /** The text of a domain that Ballast defines: with its mark and its pins. */
  public String xml(String specDigest, CpuPins pins) {
    XmlElement mark =
        XmlElement.of("ballast:vm", "xmlns:ballast", SPEC_NAMESPACE, SPEC_ATTRIBUTE, specDigest);
    XmlElement metadata = root.child("metadata").orElse(XmlElement.of("metadata"));
    XmlElement tune = root.child("cputune").orElse(XmlElement.of("cputune"));
    List<XmlNode> pinned = new ArrayList<>();
    for (int i = 0; i < pins.vcpus().size(); i++) {
      String cpus = pins.vcpus().get(i).toString();
      pinned.add(XmlElement.of("vcpupin", "vcpu", Integer.toString(i), "cpuset", cpus));
    }
    pinned.add(XmlElement.of("emulatorpin", "cpuset", pins.emulator().toString()));
    pinned.addAll(tune.content());
    return XmlWriter.write(
        root.withChild(metadata.withChild(mark)).withChild(tune.withContent(pinned)));
  }
}
