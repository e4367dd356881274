package dev.ballast.core.spec;

import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VmTuning;
import dev.ballast.core.model.VolumeSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Writes specifications as YAML that {@link SpecParser} reads back as equal ones. */
public final class SpecWriter {
  private SpecWriter() {}

  /** One document without a leading {@code ---}. */
  public static String write(VmSpec spec) {
    return dump(vm(spec));
  }

  /** As a VM's; that an operator's verb wrote it is not said. */
  public static String write(NetworkSpec spec) {
    return dump(network(spec));
  }

  private static String dump(Map<String, Object> document) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndent(2)
            .setSplitLines(false)
            // Quotes more of what some reader takes for a number, a truth value or nothing.
            .setSchema(new CoreSchema())
            .build();
    return new Dump(settings).dumpToString(document);
  }

  /** A document for each, in the given order. */
  public static String writeAll(Collection<VmSpec> specs) {
    return specs.stream().map(SpecWriter::write).collect(Collectors.joining("---\n"));
  }

  private static Map<String, Object> network(NetworkSpec spec) {
    Map<String, Object> network =
        ordered("kind", NetworkReader.KIND, "name", spec.name().value(), "bridge", spec.bridge());
    putUnlessEmpty(network, "hosts", spec.hosts().stream().map(host -> host.value()).toList());
    putUnlessEmpty(network, "uplinks", List.copyOf(spec.uplinks()));
    spec.vlan().ifPresent(id -> network.put("vlan", id));
    putUnlessEmpty(network, "trunks", List.copyOf(spec.trunks()));
    SwitchOptionsWriter.write(network, spec.options());
    return network;
  }

  private static Map<String, Object> vm(VmSpec spec) {
    Map<String, Object> vm = new LinkedHashMap<>();
    vm.put("kind", "VM");
    vm.put("name", spec.name().value());
    vm.put("vcpus", spec.vcpus());
    vm.put("memory", MemorySize.print(spec.memoryBytes()));
    if (spec.adopted().isEmpty()) {
      spec.resources()
          .hugepageBytes()
          .ifPresent(bytes -> vm.put("hugepages", MemorySize.print(bytes)));
    }
    vm.put("cpu", cpu(spec));
    if (spec.adopted().isEmpty()) {
      devices(vm, spec);
    }
    Map<String, Object> placement = placement(spec);
    if (!placement.isEmpty()) {
      vm.put("placement", placement);
    }
    vm.put("run", Field.word(spec.run()));
    vm.put("automation", Field.word(spec.automation()));
    if (spec.adopted().isEmpty()) {
      vm.put("type", Field.word(spec.type()));
      spec.machine().ifPresent(machine -> vm.put("machine", machine));
      spec.emulatorPath().ifPresent(path -> vm.put("emulator", path));
    }
    if (!spec.labels().isEmpty()) {
      vm.put("labels", new LinkedHashMap<>(spec.labels()));
    }
    if (!spec.limits().equals(VmLimits.NONE)) {
      vm.put("limits", limits(spec.limits()));
    }
    tuning(vm, spec.tuning());
    spec.adopted().ifPresent(domain -> vm.put(AdoptedReader.KEY, domain.xml()));
    return vm;
  }

  private static void tuning(Map<String, Object> vm, VmTuning tuning) {
    if (tuning.memoryMode() != VmTuning.DEFAULT.memoryMode()) {
      vm.put("memoryMode", Field.word(tuning.memoryMode()));
    }
    if (tuning.iothreads() > 0) {
      vm.put("iothreads", tuning.iothreads());
    }
    if (!tuning.sharePages()) {
      vm.put("sharePages", false);
    }
    if (tuning.guestAgent()) {
      vm.put("guestAgent", true);
    }
  }

  private static Map<String, Object> placement(VmSpec spec) {
    PlacementRules rules = spec.rules();
    Map<String, Object> placement = new LinkedHashMap<>();
    putUnlessEmpty(placement, "hosts", spec.hosts().stream().map(HostName::value).toList());
    putUnlessEmpty(
        placement, "notHosts", rules.bannedHosts().stream().map(HostName::value).toList());
    if (!rules.hostLabels().isEmpty()) {
      placement.put("hostLabels", new LinkedHashMap<>(rules.hostLabels()));
    }
    putUnlessEmpty(placement, "tolerates", List.copyOf(rules.tolerations()));
    putUnlessEmpty(placement, "affinity", List.copyOf(rules.affinity()));
    putUnlessEmpty(placement, "antiAffinity", List.copyOf(spec.antiAffinity()));
    rules
        .spread()
        .ifPresent(
            spread ->
                placement.put(
                    "spread",
                    ordered(
                        "group",
                        spread.group(),
                        "over",
                        spread.over(),
                        "atMost",
                        spread.atMost())));
    return placement;
  }

  private static void devices(Map<String, Object> vm, VmSpec spec) {
    if (spec.boot() instanceof BootSpec.Kernel(String kernel, String initrd, String cmdline)) {
      vm.put("boot", ordered("kernel", kernel, "initrd", initrd, "cmdline", cmdline));
    }
    putUnlessEmpty(vm, "disks", spec.disks().stream().map(SpecWriter::disk).toList());
    putUnlessEmpty(vm, "nics", spec.nics().stream().map(SpecWriter::nic).toList());
    List<Map<String, Object>> pools =
        spec.resources().devices().entrySet().stream()
            .map(pool -> ordered("pool", pool.getKey(), "count", pool.getValue()))
            .toList();
    putUnlessEmpty(vm, "devices", pools);
  }

  private static Map<String, Object> cpu(VmSpec spec) {
    Map<String, Object> cpu = ordered("policy", Field.word(spec.cpuPolicy()));
    spec.pins().ifPresent(pins -> cpu.put("pins", pins(pins)));
    return cpu;
  }

  private static Map<String, Object> pins(CpuPins pins) {
    List<String> vcpus = pins.vcpus().stream().map(cpus -> cpus.toString()).toList();
    return ordered("vcpus", vcpus, "emulator", pins.emulator().toString());
  }

  private static Map<String, Object> disk(DiskSpec disk) {
    if (disk.volume().isPresent()) {
      VolumeSource source = disk.volume().get();
      Map<String, Object> volume = new LinkedHashMap<>();
      source.image().ifPresent(image -> volume.put("image", image));
      volume.put("from", Field.word(source.kind()));
      volume.put("size", LimitText.bytes(source.sizeBytes()));
      volume.put("pool", disk.pool());
      volume.put("format", disk.format());
      volume.put("cache", disk.cache());
      volume.put("readOnly", disk.readOnly());
      return volume;
    }
    return ordered(
        "path", disk.path(),
        "format", disk.format(),
        "cache", disk.cache(),
        "readOnly", disk.readOnly());
  }

  private static Map<String, Object> nic(NicSpec nic) {
    if (nic.network().isPresent()) {
      return ordered("network", nic.network().get().value(), "mac", nic.mac());
    }
    Map<String, Object> map =
        ordered("bridge", nic.bridge(), "mac", nic.mac(), "openVswitch", nic.openVswitch());
    nic.vlan().ifPresent(id -> map.put("vlan", id));
    return map;
  }

  private static Map<String, Object> limits(VmLimits limits) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (limits.cpuWeight() != CpuWeight.DEFAULT) {
      map.put("cpuWeight", limits.cpuWeight());
    }
    limits.vcpuQuota().ifPresent(quota -> map.put("vcpuQuota", quota.toString()));
    limits.emulatorQuota().ifPresent(quota -> map.put("emulatorQuota", quota.toString()));
    limits.globalQuota().ifPresent(quota -> map.put("globalQuota", quota.toString()));
    limits.iothreadQuota().ifPresent(quota -> map.put("iothreadQuota", quota.toString()));
    limits.memorySoftBytes().ifPresent(bytes -> map.put("memorySoft", MemorySize.print(bytes)));
    limits.cap().hardBytes().ifPresent(bytes -> map.put("memoryHard", MemorySize.print(bytes)));
    limits.cap().swapBytes().ifPresent(bytes -> map.put("memorySwap", MemorySize.print(bytes)));
    limits.blkioWeight().ifPresent(weight -> map.put("blkioWeight", weight));
    limits.balloonBytes().ifPresent(bytes -> map.put("balloon", MemorySize.print(bytes)));
    if (!limits.disks().isEmpty()) {
      Map<String, Object> disks = new LinkedHashMap<>();
      limits.disks().forEach((name, disk) -> disks.put(name, disk(disk)));
      map.put("disks", disks);
    }
    if (!limits.nics().isEmpty()) {
      Map<Integer, Object> nics = new LinkedHashMap<>();
      limits.nics().forEach((number, nic) -> nics.put(number, nic(nic)));
      map.put("nics", nics);
    }
    return map;
  }

  private static Map<String, Object> disk(DiskLimits disk) {
    Map<String, Object> map = new LinkedHashMap<>();
    LimitsReader.diskKeys()
        .forEach(
            (key, rate) -> {
              boolean plain = !rate.isSize() && !disk.bursts().containsKey(rate);
              if (disk.limit(rate) > 0) {
                map.put(key, plain ? (Object) disk.limit(rate) : LimitText.of(disk, rate));
              }
            });
    return map;
  }

  private static Map<String, Object> nic(NicLimits nic) {
    Map<String, Object> map = new LinkedHashMap<>();
    nic.inbound().ifPresent(rate -> map.put("inbound", LimitText.of(rate)));
    nic.outbound().ifPresent(rate -> map.put("outbound", LimitText.of(rate)));
    return map;
  }

  private static void putUnlessEmpty(Map<String, Object> map, String key, List<?> list) {
    if (!list.isEmpty()) {
      map.put(key, list);
    }
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
