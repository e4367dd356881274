package dev.ballast.core.spec;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmResources;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what a VM needs besides CPUs and ordinary memory: {@code hugepages}, {@code devices}. */
final class ResourcesReader {
  private ResourcesReader() {}

  static VmResources read(Section vm, long memoryBytes) {
    return new VmResources(
        vm.get("hugepages").flatMap(field -> pageBytes(field, memoryBytes)),
        vm.get("devices").map(ResourcesReader::devices).orElseGet(TreeMap::new));
  }

  private static Optional<Long> pageBytes(Field field, long memoryBytes) {
    Optional<String> text = field.text(SpecParser.TEXT_LIMIT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      long size = LimitText.bytes(text.get());
      // Refuses what is no size of pages.
      HostSetting.Hugepages none = new HostSetting.Hugepages(size, 0, 0);
      if (memoryBytes % none.pageSizeBytes() != 0) {
        field.fault(
            "'memory' " + MemorySize.print(memoryBytes) + " is no multiple of " + text.get(),
            "the next is " + MemorySize.print((memoryBytes / size + 1) * size));
        return Optional.empty();
      }
      return Optional.of(size);
    } catch (IllegalArgumentException e) {
      field.fault("'hugepages': " + e.getMessage(), "such as 2MiB or 1GiB");
      return Optional.empty();
    }
  }

  // One faulty entry makes the whole list harmless: a shorter list would mean something else.
  private static SortedMap<String, Integer> devices(Field field) {
    SortedMap<String, Integer> devices = new TreeMap<>();
    List<Field> items =
        field.items(VmResources.POOL_LIMIT, "[{pool: fast-net, count: 1}]").orElse(List.of());
    boolean faulty = false;
    for (Field item : items) {
      Optional<Section> entry = item.section("pool", "count");
      Optional<String> pool =
          entry
              .flatMap(section -> section.require("pool", "name a pool of some agent.yaml"))
              .flatMap(name -> name.text(VmName.FORM, VmReader.NAME_FORM));
      Optional<Field> number = entry.flatMap(section -> section.get("count"));
      Optional<Integer> count =
          number.isEmpty() ? Optional.of(1) : number.get().wholeNumber(1, VmResources.DEVICE_LIMIT);
      if (pool.isEmpty() || count.isEmpty()) {
        faulty = true;
      } else if (devices.put(pool.get(), count.get()) != null) {
        item.fault("pool '" + pool.get() + "' is listed twice", "write one entry with a 'count'");
      }
    }
    return faulty ? new TreeMap<>() : devices;
  }
}
