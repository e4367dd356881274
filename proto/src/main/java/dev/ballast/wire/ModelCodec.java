package dev.ballast.wire;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.Domain;
import dev.ballast.v1.Inventory;
import dev.ballast.v1.Lack;
import dev.ballast.v1.PciDevice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What agents tell of their hosts. Every {@code fromProto} throws {@link WireException}. */
public final class ModelCodec {
  private static final int CGROUP_VERSION_LIMIT = 2;

  private ModelCodec() {}

  public static Inventory toProto(HostInventory inventory) {
    Inventory.Builder result = Inventory.newBuilder();
    inventory.migrationUri().ifPresent(result::setMigrationUri);
    return result
        .setTopology(TopologyCodec.toProto(inventory.topology()))
        .setCpuModel(inventory.cpuModel())
        .addAllCpuFlags(inventory.cpuFlags())
        .setMemoryBytes(inventory.memoryBytes())
        .setCpuCapacityMillis(inventory.cpuCapacityMillis())
        .setCgroupVersion(inventory.cgroupVersion())
        .addAllCgroupControllers(inventory.cgroupControllers())
        .putAllVersions(inventory.versions())
        .addAllLacks(lacksToProto(inventory.lacks()))
        .putAllLabels(inventory.traits().labels())
        .addAllTaints(inventory.traits().taints())
        .addAllDevices(inventory.devices().stream().map(ModelCodec::toProto).toList())
        .build();
  }

  public static HostInventory fromProto(Inventory inventory) {
    return inventory(inventory, new At("Inventory"));
  }

  static HostInventory inventory(Inventory p, At at) {
    return new HostInventory(
        at.required("topology", p.hasTopology(), p.getTopology(), TopologyCodec::topology),
        at.shortText("cpu_model", p.getCpuModel()),
        p.getCpuFlagsList(),
        at.natural("memory_bytes", p.getMemoryBytes()),
        at.natural("cpu_capacity_millis", p.getCpuCapacityMillis()),
        at.intWithin("cgroup_version", p.getCgroupVersion(), 0, CGROUP_VERSION_LIMIT),
        p.getCgroupControllersList(),
        new TreeMap<>(p.getVersionsMap()),
        lacks(p.getLacksList(), at.field("lacks")),
        p.hasMigrationUri()
            ? Optional.of(at.shortText("migration_uri", p.getMigrationUri()))
            : Optional.empty(),
        new HostTraits(new TreeMap<>(p.getLabelsMap()), new TreeSet<>(p.getTaintsList())),
        at.list("devices", p.getDevicesList(), HostDevice.LIMIT, ModelCodec::device));
  }

  private static PciDevice toProto(HostDevice device) {
    PciDevice.Builder result =
        PciDevice.newBuilder()
            .setPool(device.pool())
            .setAddress(device.address())
            .setId(device.id())
            .setVirtualFunction(device.virtualFunction())
            .setParent(device.parent());
    if (device.node() != HostDevice.NO_NODE) {
      result.setNode(device.node());
    }
    return result.build();
  }

  private static HostDevice device(PciDevice p, At at) {
    return at.make(
        () ->
            new HostDevice(
                p.getPool(),
                p.getAddress(),
                at.shortText("id", p.getId()),
                p.hasNode() ? p.getNode() : HostDevice.NO_NODE,
                p.getVirtualFunction(),
                at.shortText("parent", p.getParent())));
  }

  /** What a host lacks, each capability once. */
  public static List<Lack> lacksToProto(Map<Capability, String> lacks) {
    return lacks.entrySet().stream()
        .map(
            lack ->
                Lack.newBuilder()
                    .setCapability(EnumCodec.toProto(lack.getKey()))
                    .setReason(lack.getValue())
                    .build())
        .toList();
  }

  public static SortedMap<Capability, String> lacksFromProto(List<Lack> lacks) {
    return lacks(lacks, new At("lacks"));
  }

  private static SortedMap<Capability, String> lacks(List<Lack> lacks, At at) {
    SortedMap<Capability, String> result = new TreeMap<>();
    for (int i = 0; i < lacks.size(); i++) {
      Capability capability =
          EnumCodec.fromProto(lacks.get(i).getCapability(), at.index(i).field("capability"));
      if (result.put(capability, lacks.get(i).getReason()) != null) {
        throw at.index(i).fault(capability + " is named twice");
      }
    }
    return result;
  }

  public static dev.ballast.v1.CpuPins toProto(CpuPins pins) {
    return dev.ballast.v1.CpuPins.newBuilder()
        .addAllVcpus(pins.vcpus().stream().map(CpuSet::toString).toList())
        .setEmulator(pins.emulator().toString())
        .build();
  }

  public static CpuPins fromProto(dev.ballast.v1.CpuPins pins) {
    return pins(pins, new At("CpuPins"));
  }

  static CpuPins pins(dev.ballast.v1.CpuPins p, At at) {
    return new CpuPins(
        at.list("vcpus", p.getVcpusList(), WireLimits.VCPUS, (list, place) -> place.cpuSet(list)),
        at.cpus("emulator", p.getEmulator()));
  }

  public static dev.ballast.v1.KsmSettings toProto(KsmSettings settings) {
    dev.ballast.v1.KsmSettings.Builder result =
        dev.ballast.v1.KsmSettings.newBuilder()
            .setRun(settings.run())
            .setPagesToScan(settings.pagesToScan())
            .setSleepMillis(settings.sleepMillis());
    settings.mergeAcrossNodes().ifPresent(result::setMergeAcrossNodes);
    return result.build();
  }

  public static KsmSettings fromProto(dev.ballast.v1.KsmSettings settings) {
    return ksm(settings, new At("KsmSettings"));
  }

  static KsmSettings ksm(dev.ballast.v1.KsmSettings p, At at) {
    Optional<Boolean> merge =
        p.hasMergeAcrossNodes() ? Optional.of(p.getMergeAcrossNodes()) : Optional.empty();
    return at.make(
        () -> new KsmSettings(p.getRun(), p.getPagesToScan(), p.getSleepMillis(), merge));
  }

  public static Domain toProto(ObservedDomain domain) {
    Domain.Builder result =
        Domain.newBuilder()
            .setName(domain.name().value())
            .setUuid(domain.uuid())
            .setState(EnumCodec.toProto(domain.state()))
            .setVcpus(domain.vcpus())
            .setMemoryBytes(domain.memoryBytes())
            .setConfigDigest(domain.configDigest());
    domain.livePins().map(ModelCodec::toProto).ifPresent(result::setLivePins);
    domain.configPins().map(ModelCodec::toProto).ifPresent(result::setConfigPins);
    domain.specDigest().ifPresent(result::setSpecDigest);
    domain.configLimits().map(LimitCodec::toProto).ifPresent(result::setConfigLimits);
    domain.liveLimits().map(LimitCodec::toProto).ifPresent(result::setLiveLimits);
    domain.configMemory().map(MemoryCodec::toProto).ifPresent(result::setConfigMemory);
    domain.liveMemory().map(MemoryCodec::toProto).ifPresent(result::setLiveMemory);
    domain.snapshots().forEach(found -> result.addSnapshots(StorageActionCodec.toProto(found)));
    return result.build();
  }

  public static ObservedDomain fromProto(Domain domain) {
    return domain(domain, new At("Domain"));
  }

  /** The domains of a host by name; a name that stands twice is refused. */
  public static SortedMap<VmName, ObservedDomain> domainsFromProto(List<Domain> domains) {
    SortedMap<VmName, ObservedDomain> result = new TreeMap<>();
    At at = new At("Observation");
    for (ObservedDomain domain :
        at.list("domains", domains, WireLimits.DOMAINS, ModelCodec::domain)) {
      if (result.put(domain.name(), domain) != null) {
        throw at.field("domains").fault("domain " + domain.name() + " stands twice");
      }
    }
    return result;
  }

  static ObservedDomain domain(Domain p, At at) {
    return new ObservedDomain(
        at.vm("name", p.getName()),
        at.shortText("uuid", p.getUuid()),
        EnumCodec.fromProto(p.getState(), at.field("state")),
        at.intWithin("vcpus", p.getVcpus(), 0, WireLimits.VCPUS),
        at.natural("memory_bytes", p.getMemoryBytes()),
        at.shortText("config_digest", p.getConfigDigest()),
        at.optional("live_pins", p.hasLivePins(), p.getLivePins(), ModelCodec::pins),
        at.optional("config_pins", p.hasConfigPins(), p.getConfigPins(), ModelCodec::pins),
        p.hasSpecDigest()
            ? Optional.of(at.shortText("spec_digest", p.getSpecDigest()))
            : Optional.empty(),
        at.optional("config_limits", p.hasConfigLimits(), p.getConfigLimits(), LimitCodec::limits),
        at.optional("live_limits", p.hasLiveLimits(), p.getLiveLimits(), LimitCodec::limits),
        at.optional("config_memory", p.hasConfigMemory(), p.getConfigMemory(), MemoryCodec::nodes),
        at.optional("live_memory", p.hasLiveMemory(), p.getLiveMemory(), MemoryCodec::nodes),
        at.list(
            "snapshots", p.getSnapshotsList(), DomainSnapshot.LIMIT, StorageActionCodec::snapshot));
  }

  public static dev.ballast.v1.HostLoad toProto(HostLoad load) {
    dev.ballast.v1.HostLoad.Builder result =
        dev.ballast.v1.HostLoad.newBuilder()
            .setEpochMillis(load.epochMillis())
            .setUsageMillis(load.usageMillis())
            .setMemoryAvailableBytes(load.memoryAvailableBytes())
            .addAllCpus(load.cpus().stream().map(ModelCodec::toProto).toList())
            .addAllVms(load.vms().stream().map(ModelCodec::toProto).toList());
    load.ksm().map(MemoryCodec::toProto).ifPresent(result::setKsm);
    return result.build();
  }

  public static HostLoad fromProto(dev.ballast.v1.HostLoad load) {
    return hostLoad(load, new At("HostLoad"));
  }

  static HostLoad hostLoad(dev.ballast.v1.HostLoad p, At at) {
    return new HostLoad(
        at.natural("epoch_millis", p.getEpochMillis()),
        at.natural("usage_millis", p.getUsageMillis()),
        at.natural("memory_available_bytes", p.getMemoryAvailableBytes()),
        at.list("cpus", p.getCpusList(), CpuSet.CPU_LIMIT, ModelCodec::cpuLoad),
        at.list("vms", p.getVmsList(), WireLimits.DOMAINS, ModelCodec::vmLoad),
        at.optional("ksm", p.hasKsm(), p.getKsm(), MemoryCodec::ksmLoad));
  }

  private static dev.ballast.v1.CpuLoad toProto(CpuLoad load) {
    return dev.ballast.v1.CpuLoad.newBuilder()
        .setCpu(load.cpu())
        .setBusyMillis(Math.toIntExact(load.busyMillis()))
        .build();
  }

  private static CpuLoad cpuLoad(dev.ballast.v1.CpuLoad p, At at) {
    return new CpuLoad(
        at.intWithin("cpu", p.getCpu(), 0, CpuSet.CPU_LIMIT - 1),
        at.natural("busy_millis", p.getBusyMillis()));
  }

  public static dev.ballast.v1.VmLoad toProto(VmLoad load) {
    dev.ballast.v1.VmLoad.Builder result =
        dev.ballast.v1.VmLoad.newBuilder()
            .setVm(load.vm().value())
            .setUsageMillis(load.usageMillis())
            .setContentionMillis(load.contentionMillis())
            .setThrottledMillis(load.throttledMillis());
    load.clockOffsetMillis().ifPresent(result::setClockOffsetMillis);
    return result.build();
  }

  private static VmLoad vmLoad(dev.ballast.v1.VmLoad p, At at) {
    return new VmLoad(
        at.vm("vm", p.getVm()),
        at.natural("usage_millis", p.getUsageMillis()),
        at.natural("contention_millis", p.getContentionMillis()),
        at.natural("throttled_millis", p.getThrottledMillis()),
        p.hasClockOffsetMillis() ? Optional.of(p.getClockOffsetMillis()) : Optional.empty());
  }

  public static dev.ballast.v1.CpuAlert toProto(CpuAlert alert) {
    return dev.ballast.v1.CpuAlert.newBuilder()
        .setEpochMillis(alert.epochMillis())
        .setSinceEpochMillis(alert.sinceEpochMillis())
        .setKind(EnumCodec.toProto(alert.kind()))
        .setCpus(alert.cpus().toString())
        .setLoadMillis(alert.loadMillis())
        .setThresholdMillis(alert.thresholdMillis())
        .addAllVms(alert.vms().stream().map(VmName::value).toList())
        .build();
  }

  public static CpuAlert fromProto(dev.ballast.v1.CpuAlert alert) {
    At at = new At("CpuAlert");
    return new CpuAlert(
        at.natural("epoch_millis", alert.getEpochMillis()),
        at.natural("since_epoch_millis", alert.getSinceEpochMillis()),
        EnumCodec.fromProto(alert.getKind(), at.field("kind")),
        at.cpus("cpus", alert.getCpus()),
        at.natural("load_millis", alert.getLoadMillis()),
        at.natural("threshold_millis", alert.getThresholdMillis()),
        at.list(
            "vms",
            alert.getVmsList(),
            WireLimits.DOMAINS,
            (name, place) -> place.make(() -> new VmName(name))));
  }
}
