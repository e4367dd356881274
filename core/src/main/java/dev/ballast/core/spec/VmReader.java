package dev.ballast.core.spec;

import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VmTuning;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads one document as a VM. A faulty value becomes a harmless one, so that reading goes on. */
final class VmReader {
  /** QEMU's machines take more only with an interrupt remapper, which is not rendered. */
  static final int VCPU_LIMIT = 255;

  static final int HOST_LIMIT = 10_000;
  static final int GROUP_LIMIT = 64;
  static final int LABEL_LIMIT = 64;
  static final int LABEL_VALUE_LIMIT = 256;

  static final String NAME_FORM =
      "letters, digits, '-', '_' and '.', at most 63, the first a letter or digit";
  static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");

  /** Stands for a name that could not be read. */
  private static final VmName UNNAMED = new VmName("unnamed");

  /** The label of VMs whose disks may be lost. */
  static final String EPHEMERAL = "ephemeral";

  private final String cluster;
  private final String defaultCache;
  private final Faults faults;
  private final Duplicates duplicates;
  private final Map<String, Location> at = new HashMap<>();

  VmReader(String cluster, String defaultCache, Faults faults, Duplicates duplicates) {
    this.cluster = cluster;
    this.defaultCache = defaultCache;
    this.faults = faults;
    this.duplicates = duplicates;
  }

  /** The VM, or nothing when the document is of another kind. */
  Optional<LocatedVm> read(YamlNode document) {
    Field root = new Reading(faults, at).field("", document);
    return root.section(
            "kind",
            "name",
            "vcpus",
            "memory",
            "cpu",
            "boot",
            "disks",
            "nics",
            "placement",
            "run",
            "automation",
            "type",
            "machine",
            "emulator",
            "labels",
            "limits",
            "hugepages",
            "devices",
            "memoryMode",
            "iothreads",
            "sharePages",
            "guestAgent",
            AdoptedReader.KEY)
        .filter(VmReader::isVm)
        .map(vm -> new LocatedVm(spec(root, vm), at));
  }

  private static boolean isVm(Section document) {
    Optional<Field> kind =
        document.require("kind", "write 'kind: VM', 'kind: Network' or 'kind: Image'");
    return kind.isEmpty()
        || kind.get()
            .choice(List.of("VM", NetworkReader.KIND, ImageReader.KIND))
            .filter("VM"::equals)
            .isPresent();
  }

  private VmSpec spec(Field root, Section vm) {
    Optional<VmName> name = name(root, vm);
    int vcpus =
        vm.require("vcpus", "such as 'vcpus: 1'")
            .flatMap(field -> field.wholeNumber(1, VCPU_LIMIT))
            .orElse(PinsReader.UNKNOWN);
    Optional<Section> cpu = vm.get("cpu").flatMap(field -> field.section("policy", "pins"));
    Optional<Section> placement =
        vm.get("placement").flatMap(field -> field.section(PlacementReader.KEYS));
    CpuPolicy policy = choice(cpu, "policy", CpuPolicy.SHARED);
    long memoryBytes = memoryBytes(vm);
    Optional<DomainDefinition> kept = vm.get(AdoptedReader.KEY).flatMap(AdoptedReader::definition);
    if (vm.get(AdoptedReader.KEY).isPresent()) {
      kept.ifPresent(
          definition ->
              new AdoptedReader(vm, definition, duplicates).check(name, vcpus, memoryBytes));
      AdoptedReader.refuseSecondPlaces(vm);
    } else if (!boots(vm)) {
      root.fault("the VM has nothing to boot from", "write 'disks', or 'boot' with a kernel");
    }
    VmSpec spec = written(vm, name, vcpus, memoryBytes, policy, cpu, placement);
    unsafeCaches(spec);
    return kept.map(definition -> AdoptedSpec.completed(spec, definition)).orElse(spec);
  }

  private VmSpec written(
      Section vm,
      Optional<VmName> name,
      int vcpus,
      long memoryBytes,
      CpuPolicy policy,
      Optional<Section> cpu,
      Optional<Section> placement) {
    return new VmSpec(
        name.orElse(UNNAMED),
        Math.max(1, vcpus),
        memoryBytes,
        policy,
        choice(Optional.of(vm), "type", DomainType.AUTO),
        vm.get("machine").flatMap(field -> field.text(VmName.FORM, "the name of a machine type")),
        vm.get("emulator").flatMap(DeviceReader::path),
        vm.get("boot").flatMap(DeviceReader::boot).orElseGet(BootSpec.Disk::new),
        vm.get("disks")
            .map(field -> DeviceReader.disks(field, name.orElse(UNNAMED), defaultCache))
            .orElse(List.of()),
        vm.get("nics").map(new NicReader(cluster, name, duplicates)::nics).orElse(List.of()),
        cpu.flatMap(section -> section.get("pins"))
            .flatMap(field -> PinsReader.pins(field, vcpus, policy)),
        hosts(placement),
        PlacementReader.names(placement, "antiAffinity", GROUP_LIMIT, (group, place) -> group),
        choice(Optional.of(vm), "run", RunState.RUNNING),
        choice(Optional.of(vm), "automation", Automation.AUTO),
        vm.get("labels").map(VmReader::labels).orElseGet(TreeMap::new),
        Optional.empty(),
        LimitsReader.read(vm, memoryBytes),
        PlacementReader.rules(placement, at),
        ResourcesReader.read(vm, memoryBytes),
        new VmTuning(
            choice(Optional.of(vm), "memoryMode", VmTuning.DEFAULT.memoryMode()),
            vm.get("iothreads")
                .flatMap(field -> field.wholeNumber(0, VmTuning.IOTHREAD_LIMIT))
                .orElse(0),
            vm.get("sharePages").flatMap(Field::bool).orElse(true),
            vm.get("guestAgent").flatMap(Field::bool).orElse(false)));
  }

  /** What is lost with the host may only belong to a VM that may be lost. */
  private void unsafeCaches(VmSpec spec) {
    boolean ephemeral = "true".equals(spec.labels().get(EPHEMERAL));
    for (int i = 0; i < spec.disks().size(); i++) {
      DiskSpec disk = spec.disks().get(i);
      if (disk.cache().equals("unsafe") && !disk.readOnly() && !ephemeral) {
        faults.add(
            LocatedVm.nearest(at, "disks[" + i + "].cache"),
            "cache mode unsafe loses a disk's data with its host",
            "write 'writeback', or mark the VM with 'labels: {" + EPHEMERAL + ": \"true\"}'");
      }
    }
  }

  private Optional<VmName> name(Field root, Section vm) {
    Optional<VmName> name =
        vm.require("name", "name the VM")
            .flatMap(field -> field.text(VmName.FORM, NAME_FORM))
            .map(VmName::new);
    name.ifPresent(found -> duplicates.name(found, at.getOrDefault("name", root.at())));
    return name;
  }

  private static long memoryBytes(Section vm) {
    return vm.require("memory", "such as 'memory: 512MiB'")
        .flatMap(MemorySize::read)
        .orElse(MemorySize.MIN_BYTES);
  }

  private static boolean boots(Section vm) {
    boolean noDisk =
        vm.get("disks")
            .map(field -> field.node() instanceof Sequence list && list.items().isEmpty())
            .orElse(true);
    return vm.get("boot").isPresent() || !noDisk;
  }

  private static <E extends Enum<E>> E choice(Optional<Section> section, String key, E absent) {
    return section
        .flatMap(present -> present.get(key))
        .flatMap(field -> field.choice(absent.getDeclaringClass()))
        .orElse(absent);
  }

  private SortedSet<HostName> hosts(Optional<Section> placement) {
    return PlacementReader.names(
        placement,
        "hosts",
        HOST_LIMIT,
        (name, place) -> {
          HostName host = new HostName(name);
          at.put(LocatedVm.hostKey(host), place);
          return host;
        });
  }

  static SortedMap<String, String> labels(Field field) {
    SortedMap<String, String> labels = new TreeMap<>();
    Optional<Mapping> mapping = field.mapping("a mapping of labels, such as {tier: web}");
    if (mapping.isEmpty()) {
      return labels;
    }
    if (mapping.get().entries().size() > LABEL_LIMIT) {
      field.fault("'" + field.key() + "' has at most " + LABEL_LIMIT + " labels");
      return labels;
    }
    mapping
        .get()
        .entries()
        .forEach(
            (key, entry) -> {
              Field value = field.reading().field(field.key() + "." + key, entry.value());
              if (LABEL_KEY.matcher(key).matches()) {
                value.text(LABEL_VALUE_LIMIT).ifPresent(text -> labels.put(key, text));
              } else {
                labelKey(value, key, entry.keyAt());
              }
            });
    return labels;
  }

  private static void labelKey(Field value, String key, Location at) {
    value
        .reading()
        .faults()
        .add(
            at,
            "label key "
                + Quoted.of(key)
                + " is not letters, digits, '-', '_', '.' and '/', at most 63");
  }
}
