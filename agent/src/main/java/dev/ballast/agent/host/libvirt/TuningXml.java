package dev.ballast.agent.host.libvirt;

import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.topology.CpuSet;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.EnumMap;
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
  private static final long IOTHREAD_LIMIT = 1_024;
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
  private final SortedMap<Integer, CpuSet> iothreads = new TreeMap<>();
  private Optional<MemoryNodes> memory = Optional.empty();
  private String tied = "";
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
      case "/domain/numatune/memory" -> memory = nodes();
      case "/domain/cputune/iothreadpin" -> iothreadPin();
      case "/domain/devices/hostdev" -> tied = "it has a device of the host";
      case "/domain/memoryBacking/locked" -> tied = "its memory is locked";
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

  private Optional<MemoryNodes> nodes() {
    for (MemoryMode mode : MemoryMode.values()) {
      if (mode != MemoryMode.NONE && mode.word().equals(attribute("mode"))) {
        return cpus(attribute("nodeset")).map(nodes -> new MemoryNodes(mode, nodes));
      }
    }
    return Optional.empty();
  }

  private void iothreadPin() {
    cpus(attribute("cpuset"))
        .ifPresent(cpus -> iothreads.put((int) number(attribute("iothread")), cpus));
  }

  private static Optional<CpuSet> cpus(String list) {
    try {
      return Optional.of(CpuSet.parse(list)).filter(set -> !set.isEmpty());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
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
      case "/domain/iothreads",
          "/domain/memory",
          "/domain/currentMemory",
          "/domain/blkiotune/weight",
          "/domain/memtune/hard_limit",
          "/domain/memtune/soft_limit",
          "/domain/memtune/swap_hard_limit",
          "/domain/cputune/shares",
          "/domain/cputune/period",
          "/domain/cputune/quota",
          "/domain/cputune/global_period",
          "/domain/cputune/global_quota",
          "/domain/cputune/emulator_period",
          "/domain/cputune/emulator_quota",
          "/domain/cputune/iothread_period",
          "/domain/cputune/iothread_quota" ->
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
    EnumMap<DiskRate, Long> limits = new EnumMap<>(DiskRate.class);
    SortedMap<DiskRate, DiskBurst> bursts = new TreeMap<>();
    for (DiskRate rate : DiskRate.values()) {
      limits.put(rate, bounded(rate.element(), DiskLimits.MAX));
      long burst = bounded(rate.burstElement(), DiskLimits.MAX / DiskBurst.MAX_SECONDS);
      if (burst > 0) {
        long seconds = Math.max(1, bounded(rate.secondsElement(), DiskBurst.MAX_SECONDS));
        bursts.put(rate, new DiskBurst(burst, seconds));
      }
    }
    disks.put(target, DiskLimits.of(limits, new TreeMap<>()).withBursts(bursts));
  }

  private long bounded(String name, long limit) {
    return Math.min(limit, iotune.getOrDefault(name, 0L));
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
    Optional<Long> shares = Optional.ofNullable(numbers.get("shares")).filter(found -> found > 0);
    VmLimits limits =
        new VmLimits(
            shares
                .map(found -> CpuWeight.fromShares(found, cgroupVersion))
                .orElse(CpuWeight.DEFAULT),
            quota(""),
            quota("emulator_"),
            quota("global_"),
            limit("soft_limit"),
            currentKib == memoryKib ? Optional.empty() : Optional.of(currentKib * KIB),
            disks,
            nics,
            quota("iothread_"),
            new MemoryCap(limit("hard_limit"), limit("swap_hard_limit")),
            Optional.ofNullable(numbers.get("weight"))
                .map(Long::intValue)
                .filter(w -> w >= VmLimits.MIN_BLKIO_WEIGHT && w <= VmLimits.MAX_BLKIO_WEIGHT));
    long threads = Math.min(numbers.getOrDefault("iothreads", 0L), IOTHREAD_LIMIT);
    for (int id = 1; id <= threads; id++) {
      iothreads.putIfAbsent(id, CpuSet.EMPTY);
    }
    iothreads.keySet().removeIf(id -> id > threads);
    return new Tuning(limits, shares, currentKib * KIB, targets, macs, memory, iothreads, tied);
  }

  private Optional<Long> limit(String name) {
    return Optional.ofNullable(numbers.get(name))
        .filter(kib -> kib > 0 && kib < UNLIMITED_KIB)
        .map(kib -> kib * KIB);
  }

  private Optional<CpuQuota> quota(String prefix) {
    return GroupLimits.quota(
        numbers.getOrDefault(prefix + "quota", 0L), numbers.getOrDefault(prefix + "period", 0L));
  }
}
