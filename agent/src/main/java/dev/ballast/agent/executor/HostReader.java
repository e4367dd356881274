package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.agent.executor.ObjectState.KsmPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;
import dev.ballast.agent.executor.ObjectState.NoHostSetting;
import dev.ballast.agent.executor.ObjectState.NoKsm;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.libvirt.DomainRow;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.DomainXmlException;
import dev.ballast.agent.host.libvirt.GuestMemory;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.MigratableXml;
import dev.ballast.agent.host.libvirt.MigrationJob;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.agent.host.libvirt.TuningXml;
import dev.ballast.agent.host.machine.MachineSettings;
import dev.ballast.agent.host.ovs.Ovsdb;
import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Ownership;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads the objects that actions change: all that a dry run is given. */
public final class HostReader {
  /** A directory without files. */
  private static final Path NOWHERE = Path.of("/nonexistent");

  private final Libvirt libvirt;
  private final LivePins livePins;
  private final LiveLimits liveLimits;
  private final KsmFiles ksm;
  private final Supplier<CpuSet> onlineCpus;
  private final Supplier<Set<OtherOwner>> otherOwners;
  private final SwitchReader switches;
  private final MachineSettings machine;

  /**
   * Reads a host whose control groups tell nothing, that nobody else manages, and without Open
   * vSwitch.
   */
  public HostReader(Libvirt libvirt, LivePins livePins, KsmFiles ksm, Supplier<CpuSet> onlineCpus) {
    this(libvirt, livePins, LiveLimits.NONE, ksm, onlineCpus, Set::of);
  }

  /** Reads a host without Open vSwitch and without things to set. */
  public HostReader(
      Libvirt libvirt,
      LivePins livePins,
      LiveLimits liveLimits,
      KsmFiles ksm,
      Supplier<CpuSet> onlineCpus,
      Supplier<Set<OtherOwner>> otherOwners) {
    this(
        libvirt,
        livePins,
        liveLimits,
        ksm,
        onlineCpus,
        otherOwners,
        new MachineSettings(
            new KernelFiles(NOWHERE),
            onlineCpus,
            new StoredFiles(new StoreSettings(NOWHERE, 0, List.of()))));
  }

  /** Reads a host without Open vSwitch. */
  public HostReader(
      Libvirt libvirt,
      LivePins livePins,
      LiveLimits liveLimits,
      KsmFiles ksm,
      Supplier<CpuSet> onlineCpus,
      Supplier<Set<OtherOwner>> otherOwners,
      MachineSettings machine) {
    this(
        libvirt,
        livePins,
        liveLimits,
        ksm,
        onlineCpus,
        otherOwners,
        new SwitchReader(Ovsdb.none(), TreeMap::new, () -> ""),
        machine);
  }

  /**
   * @param otherOwners who else manages the host, asked for each action
   */
  public HostReader(
      Libvirt libvirt,
      LivePins livePins,
      LiveLimits liveLimits,
      KsmFiles ksm,
      Supplier<CpuSet> onlineCpus,
      Supplier<Set<OtherOwner>> otherOwners,
      SwitchReader switches,
      MachineSettings machine) {
    this.machine = machine;
    this.switches = switches;
    this.liveLimits = liveLimits;
    this.libvirt = libvirt;
    this.livePins = livePins;
    this.ksm = ksm;
    this.onlineCpus = onlineCpus;
    this.otherOwners = otherOwners;
  }

  /**
   * All domains that Ballast can name and understand.
   *
   * @param domains by no particular order
   * @param setups of those with a persistent configuration
   * @param leftOut why other domains are not among them
   */
  public record Domains(
      List<ObservedDomain> domains, SortedMap<VmName, DomainSetup> setups, List<String> leftOut) {}

  public Domains domains() throws LibvirtFault {
    List<ObservedDomain> domains = new ArrayList<>();
    SortedMap<VmName, DomainSetup> setups = new TreeMap<>();
    List<String> leftOut = new ArrayList<>();
    for (DomainRow row : libvirt.domains()) {
      if (!VmName.FORM.matcher(row.name()).matches()) {
        leftOut.add("domain '" + row.name() + "': its name is none that Ballast can use");
        continue;
      }
      try {
        Optional<DomainXml> xml = parse(row);
        ObservedDomain domain = present(row, xml).domain();
        domains.add(domain);
        xml.ifPresent(config -> setups.put(domain.name(), config.setup()));
      } catch (ExecutionFault e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
    return new Domains(domains, setups, leftOut);
  }

  /** The domain of that name, or {@link NoDomain}. */
  public ObjectState domain(VmName vm) throws LibvirtFault, ExecutionFault {
    Optional<DomainRow> row = libvirt.domain(vm.value());
    return row.isPresent() ? present(row.get(), parse(row.get())) : new NoDomain();
  }

  private DomainPresent present(DomainRow row, Optional<DomainXml> xml) throws ExecutionFault {
    VmName vm = new VmName(row.name());
    CpuSet online = onlineCpus.get();
    ObservedDomain domain =
        new ObservedDomain(
            vm,
            row.uuid(),
            row.state(),
            row.vcpus(),
            row.memoryBytes(),
            xml.map(DomainXml::configDigest).orElse(""),
            row.active() ? livePins.read(vm, row.vcpus()) : Optional.empty(),
            xml.map(config -> configPins(config, online)),
            xml.flatMap(DomainXml::specDigest));
    Optional<Tuning> config = tuning(row, row.persistentXml());
    Optional<Tuning> live =
        row.active()
            ? tuning(row, row.liveXml()).flatMap(told -> observed(vm, told))
            : Optional.empty();
    return new DomainPresent(
        withLimits(domain, config, live).withSnapshots(row.snapshots()),
        row.active(),
        row.autostart(),
        row.managedSave(),
        row.persistentXml(),
        xml.flatMap(DomainXml::definedDigest),
        true,
        config,
        live);
  }

  static ObservedDomain withLimits(
      ObservedDomain domain, Optional<Tuning> config, Optional<Tuning> live) {
    return domain
        .withLimits(
            config.map(Tuning::limits), live.map(tuning -> tuning.limits().withoutBalloon()))
        .withConfigMemory(config.flatMap(Tuning::memory))
        .withLiveMemory(live.flatMap(Tuning::memory));
  }

  private Optional<Tuning> tuning(DomainRow row, Optional<String> xml) throws ExecutionFault {
    if (xml.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TuningXml.parse(xml.get(), liveLimits.cgroupVersion()));
    } catch (DomainXmlException e) {
      throw new ExecutionFault("domain " + row.name() + ": " + e.getMessage());
    }
  }

  /**
   * Of CPU and memory the control groups tell more than libvirt, which knows what it once wrote.
   */
  private Optional<Tuning> observed(VmName vm, Tuning told) {
    return liveLimits
        .read(vm)
        .map(
            groups ->
                told.with(
                    told.limits()
                        .withCpu(
                            CpuWeight.fromShares(groups.shares(), liveLimits.cgroupVersion()),
                            groups.vcpuQuota(),
                            groups.emulatorQuota(),
                            groups.globalQuota())
                        .withMemory(groups.memorySoftBytes(), told.limits().balloonBytes())
                        .withIothreadQuota(groups.iothreadQuota().or(told.limits()::iothreadQuota))
                        .withCap(groups.cap())
                        .withBlkioWeight(blkioWeight(groups, told)),
                    Optional.of(groups.shares())))
        .map(tuning -> placed(vm, tuning));
  }

  /** Where control groups keep the memory the kernel knows better than libvirt. */
  private Tuning placed(VmName vm, Tuning told) {
    LiveMemory kernel = liveLimits.memory();
    Optional<MemoryNodes> memory =
        told.memory()
            .map(
                nodes ->
                    nodes.mode() != MemoryMode.RESTRICTIVE
                        ? nodes
                        : kernel
                            .allowedNodes(vm)
                            .map(allowed -> new MemoryNodes(nodes.mode(), allowed))
                            .orElse(nodes));
    SortedMap<Integer, CpuSet> iothreads = new TreeMap<>(told.iothreads());
    iothreads.putAll(kernel.iothreads(vm));
    iothreads.keySet().retainAll(told.iothreads().keySet());
    return told.withMemory(memory).withIothreads(iothreads);
  }

  /** Where the memory of running domains is. */
  LiveMemory liveMemory() {
    return liveLimits.memory();
  }

  /** The kernel's default is a weight only where libvirt was told it. */
  private static Optional<Integer> blkioWeight(GroupLimits groups, Tuning told) {
    return groups
        .blkioWeight()
        .filter(
            weight ->
                weight != LimitWrites.DEFAULT_BLKIO_WEIGHT
                    || told.limits().blkioWeight().isPresent())
        .filter(w -> w >= VmLimits.MIN_BLKIO_WEIGHT && w <= VmLimits.MAX_BLKIO_WEIGHT)
        .or(
            () ->
                groups.blkioWeight().isPresent() ? Optional.empty() : told.limits().blkioWeight());
  }

  /** Whether the host keeps blkio weights. */
  public boolean keepsBlkioWeights() {
    return liveLimits.keepsBlkioWeights();
  }

  /** What the domain's memory takes of the host now; absent when that cannot be found. */
  public Optional<Long> memoryUseBytes(VmName vm) {
    return liveLimits.memoryUseBytes(vm);
  }

  /** What the guest tells of its memory. */
  public Optional<GuestMemory> guestMemory(VmName vm) throws LibvirtFault {
    return libvirt.guestMemory(vm.value());
  }

  public int cgroupVersion() {
    return liveLimits.cgroupVersion();
  }

  private static Optional<DomainXml> parse(DomainRow row) throws ExecutionFault {
    if (row.persistentXml().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DomainXml.parse(row.persistentXml().get()));
    } catch (DomainXmlException e) {
      throw new ExecutionFault("domain " + row.name() + ": " + e.getMessage());
    }
  }

  /** What the configuration says of each thread; one that it does not confine may run anywhere. */
  static CpuPins configPins(DomainXml xml, CpuSet online) {
    CpuSet others = xml.vcpuCpus().orElse(online);
    List<CpuSet> vcpus = new ArrayList<>();
    for (int i = 0; i < xml.vcpus(); i++) {
      vcpus.add(xml.vcpuPins().getOrDefault(i, others));
    }
    return new CpuPins(vcpus, xml.emulatorPin().orElse(others));
  }

  /** KSM beyond its knobs. */
  KsmFiles ksmFiles() {
    return ksm;
  }

  /** The KSM knobs, or {@link NoKsm}. */
  public ObjectState ksm() {
    return ksm.read()
        .<ObjectState>map(state -> new KsmPresent(state.settings()))
        .orElse(new NoKsm());
  }

  /** The thing of the machine with that key. */
  public ObjectState setting(String key) {
    return machine
        .read(key)
        .<ObjectState>map(HostSettingPresent::new)
        .orElseGet(() -> new NoHostSetting(key));
  }

  /** The things of the machine that actions set. */
  public MachineSettings machine() {
    return machine;
  }

  /**
   * Why the action on the object in that state is another owner's to do; absent when it is ours.
   */
  public Optional<String> otherOwner(Action action, ObjectState state) {
    Optional<OtherOwner> ofDomain =
        state instanceof DomainPresent domain
            ? domain.xml().flatMap(HostReader::ownerOf)
            : Optional.empty();
    return Ownership.otherOwner(action, otherOwners.get(), ofDomain);
  }

  private static Optional<OtherOwner> ownerOf(String xml) {
    try {
      return DomainXml.parse(xml).setup().owner();
    } catch (DomainXmlException e) {
      // What cannot be read is refused elsewhere, with its reason.
      return Optional.empty();
    }
  }

  /** The domain that names the file, as it is defined or as it runs. */
  Optional<String> userOf(String path) throws LibvirtFault {
    for (DomainRow row : libvirt.domains()) {
      boolean names =
          row.persistentXml().filter(xml -> xml.contains(path)).isPresent()
              || row.liveXml().filter(xml -> xml.contains(path)).isPresent();
      if (names) {
        return Optional.of(row.name());
      }
    }
    return Optional.empty();
  }

  /** The host's Open vSwitch. */
  public SwitchReader switches() {
    return switches;
  }

  public CpuSet onlineCpus() {
    return onlineCpus.get();
  }

  /** Whether libvirt works on nothing for the domain. */
  public boolean idle(VmName vm) throws LibvirtFault {
    return libvirt.idle(vm.value());
  }

  /** How far the domain's migration to another host has come; absent while it does not migrate. */
  Optional<MigrationJob> migration(VmName vm) throws LibvirtFault {
    return libvirt.migration(vm.value());
  }

  MigratableXml migratableXml(VmName vm) throws LibvirtFault {
    return libvirt.migratableXml(vm.value());
  }

  int snapshots(VmName vm) throws LibvirtFault {
    return libvirt.snapshots(vm.value());
  }

  /** The domain's state with libvirt's reason for it. */
  String stateAndReason(VmName vm) throws LibvirtFault {
    return libvirt.stateAndReason(vm.value());
  }

  /** Why libvirt cannot be used now. */
  public Optional<String> libvirtLack() {
    return libvirt.lack();
  }
}
