package dev.ballast.core.spec;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
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
  private static final String[] DISK_KEYS = {
    "iops", "readIops", "writeIops", "bytes", "readBytes", "writeBytes"
  };
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
                        "memorySoft",
                        "balloon",
                        "disks",
                        "nics"));
    if (limits.isPresent()) {
      limits.get().get("disks").ifPresent(this::disks);
      limits.get().get("nics").ifPresent(this::nics);
    }
    Optional<CpuQuota> global = quota(limits, "globalQuota");
    return new VmLimits(
        get(limits, "cpuWeight")
            .flatMap(field -> field.wholeNumber(CpuWeight.MIN, CpuWeight.MAX))
            .orElse(CpuWeight.DEFAULT),
        within(limits, "vcpuQuota", global),
        within(limits, "emulatorQuota", global),
        global,
        get(limits, "memorySoft").flatMap(LimitsReader::softBytes),
        get(limits, "balloon").flatMap(field -> balloonBytes(field, memoryBytes)),
        disks,
        nics);
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

  private static Optional<Long> softBytes(Field field) {
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
    Optional<Section> disk = field.section(DISK_KEYS);
    try {
      return new DiskLimits(
          iops(disk, "iops"),
          iops(disk, "readIops"),
          iops(disk, "writeIops"),
          bytes(disk, "bytes"),
          bytes(disk, "readBytes"),
          bytes(disk, "writeBytes"));
    } catch (IllegalArgumentException e) {
      field.fault("'" + field.key() + "': " + e.getMessage());
      return DiskLimits.NONE;
    }
  }

  private static long iops(Optional<Section> disk, String key) {
    return get(disk, key).flatMap(field -> field.wholeNumber(1, IOPS_LIMIT)).orElse(0);
  }

  private static long bytes(Optional<Section> disk, String key) {
    return get(disk, key).flatMap(field -> parsed(field, LimitText::bytes)).orElse(0L);
  }

  private static NicLimits nic(Field field) {
    Optional<Section> nic = field.section(NIC_KEYS);
    return new NicLimits(rate(nic, "inbound"), rate(nic, "outbound"));
  }

  private static Optional<NicRate> rate(Optional<Section> nic, String key) {
    return get(nic, key).flatMap(field -> parsed(field, LimitText::rate));
  }
}
