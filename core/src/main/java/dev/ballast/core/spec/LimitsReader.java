package dev.ballast.core.spec;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads limits: the VM's section {@code limits}, and the ones that stand under its disks and NICs.
 */
final class LimitsReader {
  static final int IOPS_LIMIT = 999_999_999;

  private static final long PAGE_BYTES = 4_096;
  private static final Pattern DISK = Pattern.compile("[a-z0-9]{1,15}");
  private static final Pattern NIC = Pattern.compile("[0-9]{1,2}");
  private static final SortedMap<String, DiskRate> DISK_KEYS = diskKeys();
  private static final String[] NIC_KEYS = {"inbound", "outbound"};

  private final Section vm;
  private final SortedMap<String, DiskLimits> disks = new TreeMap<>();
  private final SortedMap<Integer, NicLimits> nics = new TreeMap<>();

  private LimitsReader(Section vm) {
    this.vm = vm;
  }

  static VmLimits read(Section vm, long memoryBytes) {
    return new LimitsReader(vm).read(memoryBytes);
  }

  private VmLimits read(long memoryBytes) {
    underDisks();
    underNics();
    Optional<Section> limits =
        vm.get("limits")
            .flatMap(
                field ->
                    field.section(
                        "cpuWeight",
                        "vcpuQuota",
                        "emulatorQuota",
                        "globalQuota",
                        "iothreadQuota",
                        "memorySoft",
                        "memoryHard",
                        "memorySwap",
                        "blkioWeight",
                        "balloon",
                        "disks",
                        "nics"));
    if (limits.isPresent()) {
      limits.get().get("disks").ifPresent(this::disks);
      limits.get().get("nics").ifPresent(this::nics);
    }
    Optional<CpuQuota> global = quota(limits, "globalQuota");
    Optional<Long> soft = get(limits, "memorySoft").flatMap(LimitsReader::pages);
    return new VmLimits(
        get(limits, "cpuWeight")
            .flatMap(field -> field.wholeNumber(CpuWeight.MIN, CpuWeight.MAX))
            .orElse(CpuWeight.DEFAULT),
        within(limits, "vcpuQuota", global),
        within(limits, "emulatorQuota", global),
        global,
        soft,
        get(limits, "balloon").flatMap(field -> balloonBytes(field, memoryBytes)),
        disks,
        nics,
        within(limits, "iothreadQuota", global),
        cap(limits, memoryBytes, soft),
        get(limits, "blkioWeight")
            .flatMap(
                field -> field.wholeNumber(VmLimits.MIN_BLKIO_WEIGHT, VmLimits.MAX_BLKIO_WEIGHT)));
  }

  private static MemoryCap cap(
      Optional<Section> limits, long memoryBytes, Optional<Long> softBytes) {
    MemoryCap cap =
        new MemoryCap(
            get(limits, "memoryHard").flatMap(LimitsReader::pages),
            get(limits, "memorySwap").flatMap(LimitsReader::pages));
    Optional<String> wrong = cap.wrong(memoryBytes, softBytes);
    if (wrong.isEmpty()) {
      return cap;
    }
    get(limits, "memoryHard")
        .or(() -> get(limits, "memorySwap"))
        .ifPresent(field -> field.fault("'" + field.key() + "': " + wrong.get()));
    return MemoryCap.NONE;
  }

  /** As the keys of a mapping: readIops for read-iops. */
  static SortedMap<String, DiskRate> diskKeys() {
    SortedMap<String, DiskRate> keys = new TreeMap<>();
    for (DiskRate rate : DiskRate.values()) {
      String word = rate.word();
      int dash = word.indexOf('-');
      keys.put(
          dash < 0
              ? word
              : word.substring(0, dash)
                  + Character.toUpperCase(word.charAt(dash + 1))
                  + word.substring(dash + 2),
          rate);
    }
    return keys;
  }

  private static Optional<Field> get(Optional<Section> section, String key) {
    return section.flatMap(present -> present.get(key));
  }

  /** Another part's parser, whose complaint becomes the field's fault. */
  private static <T> Optional<T> parsed(Field field, Function<String, T> parser) {
    Optional<String> text = field.text(SpecParser.TEXT_LIMIT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(text.get()));
    } catch (IllegalArgumentException e) {
      field.fault("'" + field.key() + "': " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<CpuQuota> quota(Optional<Section> limits, String key) {
    return get(limits, key).flatMap(field -> parsed(field, CpuQuota::parse));
  }

  private static Optional<CpuQuota> within(
      Optional<Section> limits, String key, Optional<CpuQuota> global) {
    Optional<CpuQuota> quota = quota(limits, key);
    if (quota.isPresent() && global.isPresent() && quota.get().exceeds(global.get())) {
      get(limits, key)
          .ifPresent(
              field ->
                  field.fault(
                      "'"
                          + field.key()
                          + "' is "
                          + quota.get()
                          + ", above the whole VM's "
                          + global.get(),
                      "the kernel refuses that: lower it, or raise 'limits.globalQuota'"));
      return Optional.empty();
    }
    return quota;
  }

  private static Optional<Long> pages(Field field) {
    Optional<Long> bytes = MemorySize.read(field);
    if (bytes.isPresent() && bytes.get() % PAGE_BYTES != 0) {
      field.fault("'" + field.key() + "' is a multiple of 4KiB, the size of a page");
      return Optional.empty();
    }
    return bytes;
  }

  private static Optional<Long> balloonBytes(Field field, long memoryBytes) {
    Optional<Long> bytes = MemorySize.read(field);
    if (bytes.isPresent() && bytes.get() > memoryBytes) {
      field.fault(
          "'%s' is %s, more than the memory of %s"
              .formatted(
                  field.key(), MemorySize.print(bytes.get()), MemorySize.print(memoryBytes)));
      return Optional.empty();
    }
    return bytes.filter(wanted -> wanted < memoryBytes);
  }

  private void underDisks() {
    List<Field> found = under("disks");
    List<String> names = VmLimits.diskNames(count("disks"));
    for (Field field : found) {
      disks.put(names.get(indexOf(field)), disk(field));
    }
  }

  private void underNics() {
    under("nics").forEach(field -> nics.put(indexOf(field), nic(field)));
  }

  /** The limits that stand within the items of a list of devices. */
  private List<Field> under(String devices) {
    Optional<Field> list = vm.get(devices);
    if (list.isEmpty() || !(list.get().node() instanceof Sequence items)) {
      return List.of();
    }
    List<Field> found = new ArrayList<>();
    for (int i = 0; i < items.items().size(); i++) {
      if (items.items().get(i) instanceof Mapping item && item.entries().containsKey("limits")) {
        found.add(
            list.get()
                .reading()
                .field(devices + "[" + i + "].limits", item.entries().get("limits").value()));
      }
    }
    return found;
  }

  private static int indexOf(Field field) {
    String key = field.key();
    return Integer.parseInt(key.substring(key.indexOf('[') + 1, key.indexOf(']')));
  }

  /** The devices of an adopted VM stand in the definition that it keeps. */
  private boolean adopted() {
    return vm.get(AdoptedReader.KEY).isPresent();
  }

  private int count(String devices) {
    return vm.get(devices)
        .map(field -> field.node() instanceof Sequence list ? list.items().size() : 0)
        .orElse(0);
  }

  private void disks(Field field) {
    List<String> names = VmLimits.diskNames(count("disks"));
    entries(field, "a mapping of disks, such as {vda: {iops: 500}}")
        .forEach(
            entry -> {
              String name = entry.key().substring(field.key().length() + 1);
              if (!(adopted() ? DISK.matcher(name).matches() : names.contains(name))) {
                entry.fault(
                    "the VM has no disk " + Quoted.of(name),
                    "its disks: " + String.join(", ", names));
              } else if (disks.put(name, disk(entry)) != null) {
                entry.fault("the limits of disk " + name + " stand also under the disk itself");
              }
            });
  }

  private void nics(Field field) {
    int count = count("nics");
    entries(field, "a mapping of NICs by number, such as {0: {inbound: 1MiB}}")
        .forEach(
            entry -> {
              String name = entry.key().substring(field.key().length() + 1);
              if (!NIC.matcher(name).matches() || (Integer.parseInt(name) >= count && !adopted())) {
                entry.fault(
                    "the VM has no NIC " + Quoted.of(name), "it has " + count + ", counted from 0");
              } else if (nics.put(Integer.valueOf(name), nic(entry)) != null) {
                entry.fault("the limits of NIC " + name + " stand also under the NIC itself");
              }
            });
  }

  private static List<Field> entries(Field field, String what) {
    return field
        .mapping(what)
        .map(
            mapping ->
                mapping.entries().entrySet().stream()
                    .map(
                        entry ->
                            field
                                .reading()
                                .field(
                                    field.key() + "." + entry.getKey(), entry.getValue().value()))
                    .toList())
        .orElse(List.of());
  }

  private static DiskLimits disk(Field field) {
    Optional<Section> disk = field.section(DISK_KEYS.keySet().toArray(String[]::new));
    Map<DiskRate, Long> limits = new EnumMap<>(DiskRate.class);
    Map<DiskRate, DiskBurst> bursts = new EnumMap<>(DiskRate.class);
    DISK_KEYS.forEach(
        (key, rate) ->
            get(disk, key)
                .ifPresent(
                    part ->
                        parsed(
                            part,
                            text -> {
                              LimitText.put(rate, text, limits, bursts);
                              return true;
                            })));
    limits.forEach(
        (rate, limit) -> {
          if (!rate.isSize() && limit > IOPS_LIMIT) {
            field.fault("'" + field.key() + "': " + rate.word() + " is at most " + IOPS_LIMIT);
          }
        });
    try {
      return DiskLimits.of(limits, bursts);
    } catch (IllegalArgumentException e) {
      field.fault("'" + field.key() + "': " + e.getMessage());
      return DiskLimits.NONE;
    }
  }

  private static NicLimits nic(Field field) {
    Optional<Section> nic = field.section(NIC_KEYS);
    return new NicLimits(rate(nic, "inbound"), rate(nic, "outbound"));
  }

  private static Optional<NicRate> rate(Optional<Section> nic, String key) {
    return get(nic, key).flatMap(field -> parsed(field, LimitText::rate));
  }
}
