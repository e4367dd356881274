package dev.ballast.core.definition;

import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.DomainType;
import java.util.Map;
import java.util.Optional;

/** The values of a definition that every domain has, checked once when it is read. */
final class DomainFields {
  private static final int VCPU_LIMIT = 100_000;
  private static final long MEMORY_BYTES_LIMIT = 1L << 50;

  /** No kernel has larger pages. */
  private static final long PAGE_BYTES_LIMIT = 16L << 30;

  /** libvirt's units of memory. */
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("b", 1L),
          Map.entry("bytes", 1L),
          Map.entry("KB", 1_000L),
          Map.entry("k", 1L << 10),
          Map.entry("KiB", 1L << 10),
          Map.entry("MB", 1_000_000L),
          Map.entry("M", 1L << 20),
          Map.entry("MiB", 1L << 20),
          Map.entry("GB", 1_000_000_000L),
          Map.entry("G", 1L << 30),
          Map.entry("GiB", 1L << 30),
          Map.entry("TB", 1_000_000_000_000L),
          Map.entry("T", 1L << 40),
          Map.entry("TiB", 1L << 40));

  private DomainFields() {}

  static void check(XmlElement domain) throws DefinitionException {
    if (name(domain).isEmpty()) {
      throw new DefinitionException("has no <name>");
    }
    if (uuid(domain).isEmpty()) {
      throw new DefinitionException("has no <uuid>");
    }
    String type = domain.attribute("type").orElse("none");
    if (!type.equals("kvm") && !type.equals("qemu")) {
      throw new DefinitionException("is of type " + type + ", not kvm or qemu");
    }
    int vcpus = vcpus(domain);
    if (vcpus < 1 || vcpus > VCPU_LIMIT) {
      throw new DefinitionException("has no number of vCPUs in <vcpu>");
    }
    long memoryBytes = memoryBytes(domain);
    if (memoryBytes < 1 || memoryBytes > MEMORY_BYTES_LIMIT) {
      throw new DefinitionException("has no size of memory in <memory>");
    }
  }

  static String name(XmlElement domain) {
    return domain.child("name").map(XmlElement::text).orElse("");
  }

  static String uuid(XmlElement domain) {
    return domain.child("uuid").map(XmlElement::text).orElse("");
  }

  static DomainType type(XmlElement domain) {
    return domain.attribute("type").orElse("").equals("kvm") ? DomainType.KVM : DomainType.QEMU;
  }

  /** Not positive when it cannot be read. */
  static int vcpus(XmlElement domain) {
    Optional<XmlElement> vcpu = domain.child("vcpu");
    String number = vcpu.map(XmlElement::text).orElse("1");
    return (int) number(vcpu.flatMap(v -> v.attribute("current")).orElse(number), VCPU_LIMIT);
  }

  /** As libvirt rounds it, up to whole KiB; not positive when it cannot be read. */
  static long memoryBytes(XmlElement domain) {
    return bytes(domain.child("memory"));
  }

  /** The size that a {@code <page>} tells; 0 where it tells none that a kernel could have. */
  static long pageBytes(XmlElement page) {
    long unitBytes = UNITS.getOrDefault(page.attribute("unit").orElse("KiB"), 0L);
    long number =
        number(page.attribute("size").orElse(""), PAGE_BYTES_LIMIT / Math.max(1, unitBytes));
    long bytes = Math.max(0, number) * unitBytes;
    boolean possible = bytes >= 64L << 10 && bytes <= PAGE_BYTES_LIMIT && Long.bitCount(bytes) == 1;
    return possible ? bytes : 0;
  }

  /** What the guest keeps of it. */
  static long currentMemoryBytes(XmlElement domain) {
    return bytes(domain.child("currentMemory").or(() -> domain.child("memory")));
  }

  private static long bytes(Optional<XmlElement> memory) {
    String unit = memory.flatMap(m -> m.attribute("unit")).orElse("KiB");
    long unitBytes = UNITS.getOrDefault(unit, -1L);
    long number =
        number(memory.map(XmlElement::text).orElse(""), MEMORY_BYTES_LIMIT / Math.abs(unitBytes));
    return number * unitBytes < 1 ? -1 : (number * unitBytes + 1023) / 1024 * 1024;
  }

  /** -1 for what is no number up to the limit. */
  private static long number(String text, long limit) {
    try {
      long number = Long.parseLong(text.strip());
      return number < 0 || number > limit ? -1 : number;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  static BootSpec boot(XmlElement domain) {
    Optional<String> kernel = domain.at("os", "kernel").map(XmlElement::text);
    Optional<String> initrd = domain.at("os", "initrd").map(XmlElement::text);
    if (kernel.isEmpty() || initrd.isEmpty()) {
      return new BootSpec.Disk();
    }
    return new BootSpec.Kernel(
        kernel.get(), initrd.get(), domain.at("os", "cmdline").map(XmlElement::text).orElse(""));
  }

  /** Keeps vCPUs that can be plugged later, where the domain had such. */
  static XmlElement withVcpus(XmlElement domain, int vcpus) {
    XmlElement vcpu = domain.child("vcpu").orElse(XmlElement.of("vcpu"));
    boolean pluggable = vcpu.attribute("current").isPresent();
    XmlElement changed =
        pluggable && vcpus < number(vcpu.text(), VCPU_LIMIT)
            ? vcpu.withAttribute("current", Integer.toString(vcpus))
            : vcpu.withoutAttribute("current").withText(Integer.toString(vcpus));
    return domain.withChild(changed);
  }

  /** The balloon goes with it. */
  static XmlElement withMemory(XmlElement domain, long memoryBytes) {
    String kib = Long.toString(memoryBytes / 1024);
    XmlElement memory = domain.child("memory").orElse(XmlElement.of("memory"));
    XmlElement changed = domain.withChild(memory.withAttribute("unit", "KiB").withText(kib));
    return changed.withChild(XmlElement.of("currentMemory", "unit", "KiB").withText(kib));
  }
}
