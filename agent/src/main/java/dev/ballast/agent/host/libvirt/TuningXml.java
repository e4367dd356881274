package dev.ballast.agent.host.libvirt;

import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Reads the limits in a domain's XML, as libvirt prints it; what it cannot read is no limit. */
public final class TuningXml {
  private static final long KIB = 1024;
  private static final long UNLIMITED_KIB = 1L << 50;
  private static final XMLInputFactory FACTORY = factory();

  private final XMLStreamReader reader;
  private final int cgroupVersion;
  private final Map<String, Long> numbers = new HashMap<>();
  private final SortedMap<String, DiskLimits> disks = new TreeMap<>();
  private final SortedMap<Integer, NicLimits> nics = new TreeMap<>();
  private final List<String> targets = new ArrayList<>();
  private final List<String> macs = new ArrayList<>();
  private final Map<String, Long> iotune = new HashMap<>();
  private final StringBuilder path = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private String target = "";
  private String mac = "";
  private NicLimits rates = NicLimits.NONE;

  private TuningXml(XMLStreamReader reader, int cgroupVersion) {
    this.reader = reader;
    this.cgroupVersion = cgroupVersion;
  }

  /**
   * The limits that the XML tells.
   *
   * @param cgroupVersion tells what its shares mean
   * @throws DomainXmlException when it is no XML
   */
  public static Tuning parse(String xml, int cgroupVersion) throws DomainXmlException {
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(xml));
      try {
        return new TuningXml(reader, cgroupVersion).run();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new DomainXmlException("domain XML: " + e.getMessage());
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private Tuning run() throws XMLStreamException {
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> start();
        case XMLStreamConstants.END_ELEMENT -> end();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        default -> {}
      }
    }
    return result();
  }

  private void start() {
    path.append('/').append(reader.getLocalName());
    text.setLength(0);
    switch (path.toString()) {
      case "/domain/devices/disk" -> {
        target = "";
        iotune.clear();
      }
      case "/domain/devices/disk/target" -> target = attribute("dev");
      case "/domain/devices/interface" -> {
        mac = "";
        rates = NicLimits.NONE;
      }
      case "/domain/devices/interface/mac" -> mac = attribute("address");
      case "/domain/devices/interface/bandwidth/inbound" ->
          rates = new NicLimits(rate(), rates.outbound());
      case "/domain/devices/interface/bandwidth/outbound" ->
          rates = new NicLimits(rates.inbound(), rate());
      default -> {}
    }
  }

  private String attribute(String name) {
    @Nullable String value = reader.getAttributeValue(null, name);
    return value == null ? "" : value;
  }

  private Optional<NicRate> rate() {
    long average = number(attribute("average"));
    return average < 1
        ? Optional.empty()
        : Optional.of(
            new NicRate(
                Math.min(average, NicRate.MAX_KIB),
                Math.min(number(attribute("peak")), NicRate.MAX_KIB),
                Math.min(number(attribute("burst")), NicRate.MAX_KIB)));
  }

  private void end() {
    String at = path.toString();
    switch (at) {
      case "/domain/memory",
          "/domain/currentMemory",
          "/domain/memtune/soft_limit",
          "/domain/cputune/shares",
          "/domain/cputune/period",
          "/domain/cputune/quota",
          "/domain/cputune/global_period",
          "/domain/cputune/global_quota",
          "/domain/cputune/emulator_period",
          "/domain/cputune/emulator_quota" ->
          numbers.put(reader.getLocalName(), number(text.toString()));
      case "/domain/devices/disk" -> endDisk();
      case "/domain/devices/interface" -> {
        nics.put(macs.size(), rates);
        macs.add(mac);
      }
      default -> {
        if (at.startsWith("/domain/devices/disk/iotune/")) {
          iotune.put(reader.getLocalName(), number(text.toString()));
        }
      }
    }
    text.setLength(0);
    path.setLength(path.lastIndexOf("/"));
  }

  private void endDisk() {
    if (target.isEmpty()) {
      return;
    }
    targets.add(target);
    disks.put(
        target,
        new DiskLimits(
            iops("total_iops_sec"),
            iops("read_iops_sec"),
            iops("write_iops_sec"),
            iops("total_bytes_sec"),
            iops("read_bytes_sec"),
            iops("write_bytes_sec")));
  }

  private long iops(String name) {
    return Math.min(DiskLimits.MAX, iotune.getOrDefault(name, 0L));
  }

  /** Never negative: libvirt writes an absent quota so. */
  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private Tuning result() {
    long memoryKib = numbers.getOrDefault("memory", 0L);
    long currentKib = numbers.getOrDefault("currentMemory", memoryKib);
    long softKib = numbers.getOrDefault("soft_limit", 0L);
    Optional<Long> shares = Optional.ofNullable(numbers.get("shares")).filter(found -> found > 0);
    VmLimits limits =
        new VmLimits(
            shares
                .map(found -> CpuWeight.fromShares(found, cgroupVersion))
                .orElse(CpuWeight.DEFAULT),
            quota(""),
            quota("emulator_"),
            quota("global_"),
            softKib == 0 || softKib >= UNLIMITED_KIB
                ? Optional.empty()
                : Optional.of(softKib * KIB),
            currentKib == memoryKib ? Optional.empty() : Optional.of(currentKib * KIB),
            disks,
            nics);
    return new Tuning(limits, shares, currentKib * KIB, targets, macs);
  }

  private Optional<CpuQuota> quota(String prefix) {
    return GroupLimits.quota(
        numbers.getOrDefault(prefix + "quota", 0L), numbers.getOrDefault(prefix + "period", 0L));
  }
}
