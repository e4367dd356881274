package dev.ballast.core.spec;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmResources;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VmTuning;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Makes any specification that may be written, from a seed. */
public final class AnySpec {
  // Words and signs that YAML or XML read as something else, and letters of several widths.
  private static final List<String> PIECES =
      List.of(
          "a", "Z", "0", "7", ".", "-", "_", "/", " ", ":", ": ", " #", "#", "'", "\"", "\\", "&",
          "<", ">", "]]>", "<!--", "&amp;", "{", "}", "[", "]", ",", "*", "!", "|", "%", "@", "`",
          "?", "~", "null", "true", "off", "0x1", "1e3", "---", "...", "<<", "é", "漢", "🐳",
          "\u00a0", "=");

  private final Random random;

  private AnySpec(long seed) {
    this.random = new Random(seed);
  }

  /** The same specification for the same seed. */
  public static VmSpec of(long seed) {
    return new AnySpec(seed).spec();
  }

  private VmSpec spec() {
    int vcpus = 1 + random.nextInt(random.nextInt(10) == 0 ? VmReader.VCPU_LIMIT : 4);
    boolean kernel = random.nextBoolean();
    long memoryBytes = 1024L * (1024 + random.nextInt(1 << random.nextInt(1, 30)));
    VmSpec spec =
        spec(vcpus, memoryBytes, kernel)
            .withRules(rules())
            .withTuning(
                new VmTuning(
                    one(MemoryMode.values()),
                    random.nextInt(VmTuning.IOTHREAD_LIMIT + 1),
                    random.nextBoolean(),
                    random.nextBoolean()));
    spec = spec.withResources(resources(spec));
    return random.nextBoolean() ? spec : spec.withLimits(limits(spec));
  }

  private VmResources resources(VmSpec spec) {
    Optional<Long> pages =
        spec.memoryBytes() % (2L << 20) == 0 ? maybe(() -> 2L << 20) : Optional.empty();
    SortedMap<String, Integer> devices = new TreeMap<>();
    names().forEach(pool -> devices.put(pool, 1 + random.nextInt(VmResources.DEVICE_LIMIT)));
    return new VmResources(pages, devices);
  }

  private PlacementRules rules() {
    return random.nextBoolean()
        ? PlacementRules.NONE
        : new PlacementRules(
            hosts(),
            labels(),
            new TreeSet<>(names()),
            new TreeSet<>(names()),
            maybe(() -> new SpreadRule(name(), "rack", 1 + random.nextInt(3))));
  }

  private VmLimits limits(VmSpec spec) {
    Map<String, DiskLimits> disks = new TreeMap<>();
    for (String name : VmLimits.diskNames(spec.disks().size())) {
      disks.put(
          name,
          random.nextBoolean()
              ? new DiskLimits(
                  1 + random.nextInt(1000), 0, 0, 0, random.nextInt(1 << 20), 7, bursts())
              : DiskLimits.NONE);
    }
    Map<Integer, NicLimits> nics = new TreeMap<>();
    for (int i = 0; i < spec.nics().size(); i++) {
      nics.put(i, new NicLimits(maybe(this::rate), maybe(this::rate)));
    }
    return VmLimits.NONE
        .withCpu(
            1 + random.nextInt(10_000),
            maybe(() -> new CpuQuota(1_000 + random.nextInt(50_000), 100_000)),
            maybe(() -> CpuQuota.percent(1 + random.nextInt(50))),
            maybe(() -> CpuQuota.percent(60 + random.nextInt(1_000))))
        .withMemory(
            maybe(() -> 4_096L * (256 + random.nextInt(1 << 20))),
            spec.memoryBytes() > 1 << 20 ? maybe(() -> 1L << 20) : Optional.empty())
        .withDevices(disks, nics)
        .withIothreadQuota(maybe(() -> CpuQuota.percent(1 + random.nextInt(50))))
        .withCap(cap(spec.memoryBytes()))
        .withBlkioWeight(maybe(() -> 10 + random.nextInt(900)));
  }

  private MemoryCap cap(long memoryBytes) {
    long hard = (memoryBytes / 4_096 + (1L << 21)) * 4_096 + (8L << 30);
    return random.nextBoolean()
        ? MemoryCap.NONE
        : new MemoryCap(Optional.of(hard), maybe(() -> hard + 4_096L * random.nextInt(99)));
  }

  private SortedMap<DiskRate, DiskBurst> bursts() {
    SortedMap<DiskRate, DiskBurst> bursts = new TreeMap<>();
    if (random.nextBoolean()) {
      bursts.put(DiskRate.IOPS, new DiskBurst(1_001 + random.nextInt(99), 1 + random.nextInt(9)));
      bursts.put(DiskRate.WRITE_BYTES, new DiskBurst(8 + random.nextInt(4096), 1));
    }
    return bursts;
  }

  private NicRate rate() {
    return new NicRate(1 + random.nextInt(9_999), random.nextInt(3) * 512L, random.nextInt(2));
  }

  private VmSpec spec(int vcpus, long memoryBytes, boolean kernel) {
    String vm = name();
    return new VmSpec(
        new VmName(vm),
        vcpus,
        memoryBytes,
        one(CpuPolicy.values()),
        one(DomainType.values()),
        maybe(this::name),
        maybe(this::path),
        kernel ? new BootSpec.Kernel(path(), path(), text(8)) : new BootSpec.Disk(),
        disks(vm, kernel ? 0 : 1),
        nics(),
        maybe(() -> pins(vcpus)),
        hosts(),
        new TreeSet<>(names()),
        one(RunState.values()),
        one(Automation.values()),
        labels());
  }

  private List<DiskSpec> disks(String vm, int atLeast) {
    List<DiskSpec> disks = new ArrayList<>();
    for (int i = atLeast + random.nextInt(4); i > 0; i--) {
      String path = (random.nextInt(4) == 0 ? "/dev" : "") + path() + i;
      if (random.nextInt(4) == 0) {
        long size = (1L + random.nextInt(1000)) << 20;
        disks.add(
            new DiskSpec(
                "/srv/pool/" + vm + "-" + VmLimits.diskNames(disks.size() + 1).getLast() + ".qcow2",
                "qcow2",
                one("none", "writethrough", "writeback", "directsync"),
                random.nextBoolean(),
                Optional.of(
                    random.nextBoolean()
                        ? new VolumeSource(Optional.of("debian"), VolumeSource.Kind.CLONE, size)
                        : new VolumeSource(Optional.empty(), VolumeSource.Kind.BLANK, size))));
        continue;
      }
      disks.add(
          new DiskSpec(
              path,
              one(DeviceReader.FORMATS.toArray(String[]::new)),
              one("none", "writethrough", "writeback", "directsync"),
              random.nextBoolean()));
    }
    return disks;
  }

  private List<NicSpec> nics() {
    List<NicSpec> nics = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String mac = "52:54:00:%02x:%02x:%02x".formatted(i, random.nextInt(256), random.nextInt(256));
      nics.add(new NicSpec("br" + random.nextInt(100), mac, random.nextBoolean()));
    }
    return nics;
  }

  // From vcpus distinct CPUs on, so that policy 'dedicated' is satisfied too.
  private CpuPins pins(int vcpus) {
    List<CpuSet> lists = new ArrayList<>();
    for (int i = 0; i < vcpus; i++) {
      lists.add(CpuSet.of(i, random.nextInt(CpuSet.CPU_LIMIT)));
    }
    return new CpuPins(lists, CpuSet.range(0, random.nextInt(CpuSet.CPU_LIMIT)));
  }

  private SortedSet<HostName> hosts() {
    SortedSet<HostName> hosts = new TreeSet<>();
    names().forEach(name -> hosts.add(new HostName(name)));
    return hosts;
  }

  private SortedMap<String, String> labels() {
    SortedMap<String, String> labels = new TreeMap<>();
    names().forEach(name -> labels.put(name, text(6)));
    return labels;
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      names.add(name());
    }
    return names;
  }

  private String name() {
    return one("off", "null", "true", "1", "1e3", "0x1f", "web", "12.50", "a-b_c.d", "y", "007")
        + one("", "-" + random.nextInt(100));
  }

  private String path() {
    return "/" + text(5) + "f";
  }

  private String text(int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(pieces + 1); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  @SafeVarargs
  private final <T> T one(T... values) {
    return values[random.nextInt(values.length)];
  }
}
