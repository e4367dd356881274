package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmResources;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VmTuning;
import dev.ballast.v1.StoredAdopted;
import dev.ballast.v1.StoredAssignedDevice;
import dev.ballast.v1.StoredAssignment;
import dev.ballast.v1.StoredCpuPolicy;
import dev.ballast.v1.StoredDisk;
import dev.ballast.v1.StoredDiskBoot;
import dev.ballast.v1.StoredDomainType;
import dev.ballast.v1.StoredKernelBoot;
import dev.ballast.v1.StoredNic;
import dev.ballast.v1.StoredPlacementRules;
import dev.ballast.v1.StoredRunState;
import dev.ballast.v1.StoredSpread;
import dev.ballast.v1.StoredVmSpec;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Specifications and assignments as the coordinator stores them, without loss. */
public final class SpecCodec {
  private SpecCodec() {}

  public static byte[] toBytes(VmSpec spec) {
    return toProto(spec).toByteArray();
  }

  /**
   * The specification.
   *
   * @throws WireException when the bytes are damaged or of a newer version
   */
  public static VmSpec specFromBytes(byte[] bytes) {
    try {
      return fromProto(StoredVmSpec.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw PlanCodec.damaged("StoredVmSpec", e);
    }
  }

  public static StoredVmSpec toProto(VmSpec spec) {
    StoredVmSpec.Builder result =
        StoredVmSpec.newBuilder()
            .setName(spec.name().value())
            .setVcpus(spec.vcpus())
            .setMemoryBytes(spec.memoryBytes())
            .setCpuPolicy(toProto(spec.cpuPolicy()))
            .setType(toProto(spec.type()))
            .addAllDisks(spec.disks().stream().map(SpecCodec::toProto).toList())
            .addAllNics(spec.nics().stream().map(SpecCodec::toProto).toList())
            .addAllHosts(spec.hosts().stream().map(HostName::value).toList())
            .addAllAntiAffinity(spec.antiAffinity())
            .setRun(toProto(spec.run()))
            .setAutomation(EnumCodec.toProto(spec.automation()))
            .putAllLabels(spec.labels());
    spec.machine().ifPresent(result::setMachine);
    spec.emulatorPath().ifPresent(result::setEmulatorPath);
    spec.pins().map(ModelCodec::toProto).ifPresent(result::setPins);
    spec.adopted()
        .map(domain -> StoredAdopted.newBuilder().setUuid(domain.uuid()).setDomainXml(domain.xml()))
        .ifPresent(result::setAdopted);
    if (!spec.limits().equals(VmLimits.NONE)) {
      result.setLimits(LimitCodec.toProto(spec.limits()));
    }
    if (!spec.tuning().equals(VmTuning.DEFAULT)) {
      result.setTuning(MemoryCodec.toProto(spec.tuning()));
    }
    if (!spec.rules().equals(PlacementRules.NONE)) {
      result.setRules(toProto(spec.rules()));
    }
    spec.resources().hugepageBytes().ifPresent(result::setHugepageBytes);
    result.putAllDevices(spec.resources().devices());
    switch (spec.boot()) {
      case BootSpec.Disk() -> result.setDiskBoot(StoredDiskBoot.getDefaultInstance());
      case BootSpec.Kernel(var kernelPath, var initrdPath, var cmdline) ->
          result.setKernelBoot(
              StoredKernelBoot.newBuilder()
                  .setKernelPath(kernelPath)
                  .setInitrdPath(initrdPath)
                  .setCmdline(cmdline));
    }
    return result.build();
  }

  public static VmSpec fromProto(StoredVmSpec spec) {
    At at = new At("StoredVmSpec");
    at.refuseUnknown(spec);
    return spec(spec, at);
  }

  static VmSpec spec(StoredVmSpec p, At at) {
    return new VmSpec(
        at.vm("name", p.getName()),
        at.intWithin("vcpus", p.getVcpus(), 0, WireLimits.VCPUS),
        at.natural("memory_bytes", p.getMemoryBytes()),
        fromProto(p.getCpuPolicy(), at.field("cpu_policy")),
        fromProto(p.getType(), at.field("type")),
        p.hasMachine() ? Optional.of(p.getMachine()) : Optional.empty(),
        p.hasEmulatorPath() ? Optional.of(p.getEmulatorPath()) : Optional.empty(),
        boot(p, at),
        at.list("disks", p.getDisksList(), WireLimits.LIST_ENTRIES, SpecCodec::disk),
        at.list("nics", p.getNicsList(), WireLimits.LIST_ENTRIES, SpecCodec::nic),
        at.optional("pins", p.hasPins(), p.getPins(), ModelCodec::pins),
        new TreeSet<>(
            at.list(
                "hosts",
                p.getHostsList(),
                WireLimits.LIST_ENTRIES,
                (name, place) -> place.make(() -> new HostName(name)))),
        new TreeSet<>(p.getAntiAffinityList()),
        fromProto(p.getRun(), at.field("run")),
        EnumCodec.fromProto(p.getAutomation(), at.field("automation")),
        new TreeMap<>(p.getLabelsMap()),
        at.optional("adopted", p.hasAdopted(), p.getAdopted(), SpecCodec::adopted),
        at.optional("limits", p.hasLimits(), p.getLimits(), LimitCodec::limits)
            .orElse(VmLimits.NONE),
        at.optional("rules", p.hasRules(), p.getRules(), SpecCodec::rules)
            .orElse(PlacementRules.NONE),
        resources(p, at),
        at.optional("tuning", p.hasTuning(), p.getTuning(), MemoryCodec::tuning)
            .orElse(VmTuning.DEFAULT));
  }

  private static VmResources resources(StoredVmSpec p, At at) {
    long pageBytes = at.natural("hugepage_bytes", p.getHugepageBytes());
    return at.field("devices")
        .make(
            () ->
                new VmResources(
                    pageBytes == 0 ? Optional.empty() : Optional.of(pageBytes),
                    new TreeMap<>(p.getDevicesMap())));
  }

  private static StoredPlacementRules toProto(PlacementRules rules) {
    StoredPlacementRules.Builder result =
        StoredPlacementRules.newBuilder()
            .addAllBannedHosts(rules.bannedHosts().stream().map(HostName::value).toList())
            .putAllHostLabels(rules.hostLabels())
            .addAllTolerations(rules.tolerations())
            .addAllAffinity(rules.affinity());
    rules
        .spread()
        .ifPresent(
            spread ->
                result.setSpread(
                    StoredSpread.newBuilder()
                        .setGroup(spread.group())
                        .setOver(spread.over())
                        .setAtMost(spread.atMost())));
    return result.build();
  }

  private static PlacementRules rules(StoredPlacementRules p, At at) {
    return new PlacementRules(
        new TreeSet<>(
            at.list(
                "banned_hosts",
                p.getBannedHostsList(),
                WireLimits.LIST_ENTRIES,
                (name, place) -> place.make(() -> new HostName(name)))),
        new TreeMap<>(p.getHostLabelsMap()),
        new TreeSet<>(p.getTolerationsList()),
        new TreeSet<>(p.getAffinityList()),
        at.optional("spread", p.hasSpread(), p.getSpread(), SpecCodec::spread));
  }

  private static SpreadRule spread(StoredSpread p, At at) {
    return at.make(() -> new SpreadRule(p.getGroup(), p.getOver(), p.getAtMost()));
  }

  private static BootSpec boot(StoredVmSpec p, At at) {
    return switch (p.getBootCase()) {
      case DISK_BOOT -> new BootSpec.Disk();
      case KERNEL_BOOT ->
          new BootSpec.Kernel(
              p.getKernelBoot().getKernelPath(),
              p.getKernelBoot().getInitrdPath(),
              p.getKernelBoot().getCmdline());
      case BOOT_NOT_SET -> throw at.field("boot").fault("is missing or not known");
    };
  }

  private static AdoptedDomain adopted(StoredAdopted p, At at) {
    return new AdoptedDomain(at.shortText("uuid", p.getUuid()), p.getDomainXml());
  }

  private static StoredDisk toProto(DiskSpec disk) {
    StoredDisk.Builder result =
        StoredDisk.newBuilder()
            .setPath(disk.path())
            .setFormat(disk.format())
            .setCache(disk.cache())
            .setReadOnly(disk.readOnly());
    disk.volume().map(StoredFileCodec::toProto).ifPresent(result::setVolume);
    return result.build();
  }

  private static DiskSpec disk(StoredDisk p, At at) {
    return new DiskSpec(
        at.shortText("path", p.getPath()),
        p.getFormat(),
        p.getCache(),
        p.getReadOnly(),
        p.hasVolume()
            ? Optional.of(StoredFileCodec.source(p.getVolume(), at.field("volume")))
            : Optional.empty());
  }

  private static StoredNic toProto(NicSpec nic) {
    StoredNic.Builder result =
        StoredNic.newBuilder()
            .setBridge(nic.bridge())
            .setMac(nic.mac())
            .setOpenVswitch(nic.openVswitch());
    nic.network().ifPresent(network -> result.setNetwork(network.value()));
    nic.vlan().ifPresent(result::setVlan);
    return result.build();
  }

  private static NicSpec nic(StoredNic p, At at) {
    return at.make(
        () ->
            new NicSpec(
                at.shortText("bridge", p.getBridge()),
                p.getMac(),
                p.getOpenVswitch(),
                p.hasNetwork() ? Optional.of(new NetworkName(p.getNetwork())) : Optional.empty(),
                p.hasVlan() ? Optional.of(p.getVlan()) : Optional.empty()));
  }

  public static StoredAssignment toProto(Assignment assignment) {
    return StoredAssignment.newBuilder()
        .setVm(assignment.vm().value())
        .setHost(assignment.host().value())
        .setPins(ModelCodec.toProto(assignment.pins()))
        .setOverride(assignment.override())
        .setCells(assignment.cells() == 1 ? 0 : assignment.cells())
        .addAllDevices(assignment.devices().stream().map(SpecCodec::toProto).toList())
        .build();
  }

  public static Assignment fromProto(StoredAssignment assignment) {
    At at = new At("StoredAssignment");
    at.refuseUnknown(assignment);
    return assignment(assignment, at);
  }

  static Assignment assignment(StoredAssignment p, At at) {
    return new Assignment(
        at.vm("vm", p.getVm()),
        at.host("host", p.getHost()),
        at.required("pins", p.hasPins(), p.getPins(), ModelCodec::pins),
        p.getOverride(),
        Math.max(1, at.intWithin("cells", p.getCells(), 0, Assignment.CELL_LIMIT)),
        at.list("devices", p.getDevicesList(), WireLimits.LIST_ENTRIES, SpecCodec::device));
  }

  private static StoredAssignedDevice toProto(AssignedDevice device) {
    return StoredAssignedDevice.newBuilder()
        .setPool(device.pool())
        .setAddress(device.address())
        .setVirtualFunction(device.virtualFunction())
        .build();
  }

  private static AssignedDevice device(StoredAssignedDevice p, At at) {
    return at.make(() -> new AssignedDevice(p.getPool(), p.getAddress(), p.getVirtualFunction()));
  }

  private static StoredCpuPolicy toProto(CpuPolicy policy) {
    return switch (policy) {
      case SHARED -> StoredCpuPolicy.STORED_CPU_POLICY_SHARED;
      case DEDICATED -> StoredCpuPolicy.STORED_CPU_POLICY_DEDICATED;
    };
  }

  private static CpuPolicy fromProto(StoredCpuPolicy policy, At at) {
    return switch (policy) {
      case STORED_CPU_POLICY_SHARED -> CpuPolicy.SHARED;
      case STORED_CPU_POLICY_DEDICATED -> CpuPolicy.DEDICATED;
      case STORED_CPU_POLICY_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown CPU policy");
    };
  }

  private static StoredDomainType toProto(DomainType type) {
    return switch (type) {
      case AUTO -> StoredDomainType.STORED_DOMAIN_TYPE_AUTO;
      case KVM -> StoredDomainType.STORED_DOMAIN_TYPE_KVM;
      case QEMU -> StoredDomainType.STORED_DOMAIN_TYPE_QEMU;
    };
  }

  private static DomainType fromProto(StoredDomainType type, At at) {
    return switch (type) {
      case STORED_DOMAIN_TYPE_AUTO -> DomainType.AUTO;
      case STORED_DOMAIN_TYPE_KVM -> DomainType.KVM;
      case STORED_DOMAIN_TYPE_QEMU -> DomainType.QEMU;
      case STORED_DOMAIN_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown domain type");
    };
  }

  private static StoredRunState toProto(RunState run) {
    return switch (run) {
      case RUNNING -> StoredRunState.STORED_RUN_STATE_RUNNING;
      case STOPPED -> StoredRunState.STORED_RUN_STATE_STOPPED;
    };
  }

  private static RunState fromProto(StoredRunState run, At at) {
    return switch (run) {
      case STORED_RUN_STATE_RUNNING -> RunState.RUNNING;
      case STORED_RUN_STATE_STOPPED -> RunState.STOPPED;
      case STORED_RUN_STATE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown run state");
    };
  }
}
