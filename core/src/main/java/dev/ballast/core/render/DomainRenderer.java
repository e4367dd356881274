package dev.ballast.core.render;

import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Renders a specification and the CPUs chosen for it as libvirt's domain XML, the same bytes for
 * the same input.
 *
 * <p>The specification's digest is the SHA-256 of this XML without {@code cputune}, {@code
 * numatune}, limits and the digest itself. So it changes with what needs a new definition, and
 * neither with pins and limits, which {@code PinCpus} and {@code SetLimits} change in place, nor
 * with what the XML does not tell (run state, automation, placement, labels).
 *
 * <p>An adopted VM is rendered as the definition that it keeps, in which only vCPUs and memory are
 * changed, and only where they differ. Its digest is the one that agents report of that definition,
 * so a domain that is as it was adopted needs no new definition.
 */
public final class DomainRenderer {
  /** The XML namespace of Ballast's element in a domain's metadata. */
  public static final String NAMESPACE = DomainDefinition.SPEC_NAMESPACE;

  /** The attribute of that element that holds the specification's digest. */
  public static final String DIGEST_ATTRIBUTE = DomainDefinition.SPEC_ATTRIBUTE;

  private static final String DEFAULT_MACHINE = "q35";

  private DomainRenderer() {}

  /** Renders without a node set, so that memory follows the threads that touch it. */
  public static RenderedDomain render(
      VmSpec spec, CpuPins pins, DomainType resolved, String cluster) {
    return render(spec, pins, resolved, cluster, Optional.empty());
  }

  /**
   * Renders a domain.
   *
   * @param pins one CPU set for each vCPU
   * @param resolved {@code KVM} or {@code QEMU}, by what the host can do
   * @param cluster the cluster's UUID
   * @param memory the NUMA nodes that hold the guest's memory
   * @throws IllegalArgumentException when the arguments do not fit each other
   */
  public static RenderedDomain render(
      VmSpec spec,
      CpuPins pins,
      DomainType resolved,
      String cluster,
      Optional<MemoryNodes> memory) {
    return render(spec, pins, resolved, cluster, memory, 1);
  }

  /**
   * Renders a domain for a host of that cgroup version, which decides what a CPU weight is called.
   */
  public static RenderedDomain render(
      VmSpec spec,
      CpuPins pins,
      DomainType resolved,
      String cluster,
      Optional<MemoryNodes> memory,
      int cgroupVersion) {
    return render(spec, pins, resolved, cluster, memory, cgroupVersion, HostLayout.NONE);
  }

  /** Renders a domain whose guest may see several NUMA nodes, and be given devices of its host. */
  public static RenderedDomain render(
      VmSpec spec,
      CpuPins pins,
      DomainType resolved,
      String cluster,
      Optional<MemoryNodes> memory,
      int cgroupVersion,
      HostLayout layout) {
    if (pins.vcpus().size() != spec.vcpus()) {
      throw new IllegalArgumentException(
          spec.name() + " has " + spec.vcpus() + " vCPUs, not " + pins.vcpus().size());
    }
    if (pins.emulator().isEmpty() || pins.vcpus().stream().anyMatch(CpuSet::isEmpty)) {
      throw new IllegalArgumentException(spec.name() + " has a thread pinned to no CPU");
    }
    if (spec.adopted().isPresent()) {
      DomainDefinition kept = kept(spec, spec.adopted().get());
      return new RenderedDomain(kept.xml(kept.configDigest(), pins), kept.configDigest());
    }
    String digest = digest(domain(spec, resolved, cluster, layout, Optional.empty()));
    Chosen chosen = new Chosen(digest, pins, memory, cgroupVersion);
    return new RenderedDomain(domain(spec, resolved, cluster, layout, Optional.of(chosen)), digest);
  }

  /** The digest that {@link #render} would give without a layout, whatever the pins. */
  public static String specDigest(VmSpec spec, DomainType resolved, String cluster) {
    if (spec.adopted().isPresent()) {
      return kept(spec, spec.adopted().get()).configDigest();
    }
    return digest(domain(spec, resolved, cluster, HostLayout.NONE, Optional.empty()));
  }

  private static String digest(String xml) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(xml.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static DomainDefinition kept(VmSpec spec, AdoptedDomain adopted) {
    try {
      return DomainDefinition.parse(adopted.xml()).resized(spec.vcpus(), spec.memoryBytes());
    } catch (DefinitionException e) {
      throw new IllegalStateException(
          "the kept definition of " + spec.name() + " " + e.getMessage(), e);
    }
  }

  /** What the digest leaves out. */
  private record Chosen(
      String digest, CpuPins pins, Optional<MemoryNodes> memory, int cgroupVersion) {}

  // libvirt's own order of elements, so that what it prints is easily compared.
  private static String domain(
      VmSpec spec, DomainType type, String cluster, HostLayout layout, Optional<Chosen> chosen) {
    XmlText xml = new XmlText();
    xml.open("domain", "type", typeName(type));
    xml.leaf("name", spec.name().value());
    xml.leaf("uuid", Identity.domainUuid(cluster, spec.name()).toString());
    chosen.ifPresent(c -> metadata(xml, c.digest()));
    String memoryKib = Long.toString(spec.memoryBytes() / 1024);
    xml.leaf("memory", memoryKib, "unit", "KiB");
    VmLimits limits = chosen.isPresent() ? spec.limits() : VmLimits.NONE;
    long currentBytes = limits.balloonBytes().orElse(spec.memoryBytes());
    xml.leaf("currentMemory", Long.toString(currentBytes / 1024), "unit", "KiB");
    LimitXml.memory(xml, limits);
    NumaXml.backing(xml, spec);
    // No cpuset here: it would grow stale as soon as a thread is pinned anew.
    xml.leaf("vcpu", Integer.toString(spec.vcpus()), "placement", "static");
    if (spec.tuning().iothreads() > 0) {
      xml.leaf("iothreads", Integer.toString(spec.tuning().iothreads()));
    }
    chosen.ifPresent(c -> tune(xml, c, spec.withLimits(limits), layout));
    os(xml, spec);
    xml.open("features").empty("acpi").empty("apic").close();
    NumaXml.cpu(xml, spec, type, layout);
    clock(xml, type);
    xml.leaf("on_poweroff", "destroy").leaf("on_reboot", "restart").leaf("on_crash", "destroy");
    DeviceXml.write(xml, spec, cluster, limits, layout);
    return xml.close().toString();
  }

  private static String typeName(DomainType type) {
    return switch (type) {
      case KVM -> "kvm";
      case QEMU -> "qemu";
      case AUTO -> throw new IllegalArgumentException("a domain is of type kvm or qemu");
    };
  }

  private static void metadata(XmlText xml, String digest) {
    xml.open("metadata")
        .empty("ballast:vm", "xmlns:ballast", NAMESPACE, DIGEST_ATTRIBUTE, digest)
        .close();
  }

  private static void tune(XmlText xml, Chosen chosen, VmSpec spec, HostLayout layout) {
    xml.open("cputune");
    LimitXml.cpu(xml, spec.limits(), chosen.cgroupVersion());
    for (int i = 0; i < chosen.pins().vcpus().size(); i++) {
      String cpus = chosen.pins().vcpus().get(i).toString();
      xml.empty("vcpupin", "vcpu", Integer.toString(i), "cpuset", cpus);
    }
    String emulator = chosen.pins().emulator().toString();
    xml.empty("emulatorpin", "cpuset", emulator);
    for (int i = 1; i <= spec.tuning().iothreads(); i++) {
      xml.empty("iothreadpin", "iothread", Integer.toString(i), "cpuset", emulator);
    }
    xml.close();
    if (!layout.cellNodes().isEmpty()) {
      NumaXml.memoryNodes(xml, layout);
      return;
    }
    chosen
        .memory()
        .ifPresent(
            nodes ->
                xml.open("numatune")
                    .empty(
                        "memory", "mode", nodes.mode().word(), "nodeset", nodes.nodes().toString())
                    .close());
  }

  private static void os(XmlText xml, VmSpec spec) {
    xml.open("os");
    xml.leaf("type", "hvm", "arch", "x86_64", "machine", spec.machine().orElse(DEFAULT_MACHINE));
    switch (spec.boot()) {
      case BootSpec.Disk() -> xml.empty("boot", "dev", "hd");
      case BootSpec.Kernel(String kernelPath, String initrdPath, String cmdline) -> {
        xml.leaf("kernel", kernelPath).leaf("initrd", initrdPath);
        if (!cmdline.isEmpty()) {
          xml.leaf("cmdline", cmdline);
        }
      }
    }
    xml.close();
  }

  // The PIT's policy and kvmclock belong to KVM; emulation has neither.
  private static void clock(XmlText xml, DomainType type) {
    xml.open("clock", "offset", "utc");
    xml.empty("timer", "name", "rtc", "tickpolicy", "catchup");
    if (type == DomainType.KVM) {
      xml.empty("timer", "name", "pit", "tickpolicy", "delay");
    }
    xml.empty("timer", "name", "hpet", "present", "no");
    if (type == DomainType.KVM) {
      xml.empty("timer", "name", "kvmclock", "present", "yes");
    }
    xml.close();
  }
}
