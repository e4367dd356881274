package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.NetworkCalls;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.core.action.LinkRules;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.Subnet;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads the things of the machine that actions set; what the machine lacks is absent. */
public final class MachineSettings {
  private static final NetworkCalls NO_NETWORKS =
      () -> {
        throw new LibvirtFault.Refused("there is no libvirt");
      };

  private final HugepagePools hugepages;
  private final GuestCpus guestCpus;
  private final ChronySources chrony;
  private final Supplier<CpuSet> onlineCpus;
  private final PacketForwarding forwarding;
  private final NftTable table;
  private final VirtualNetworkChange networks;
  private final LinkTable links;
  private final LldpTable lldp;
  private final StoredFiles stored;

  /** Without programs and without libvirt. */
  public MachineSettings(KernelFiles files, Supplier<CpuSet> onlineCpus, StoredFiles stored) {
    this(files, onlineCpus, command -> {}, NO_NETWORKS, stored);
  }

  public MachineSettings(
      KernelFiles files,
      Supplier<CpuSet> onlineCpus,
      Commands commands,
      NetworkCalls networks,
      StoredFiles stored) {
    this.forwarding = new PacketForwarding(files);
    this.table = new NftTable(files, commands);
    this.networks = new VirtualNetworkChange(networks, files);
    this.links = new LinkTable(files, commands);
    this.lldp = new LldpTable(files, commands);
    this.stored = stored;
    this.hugepages = new HugepagePools(files);
    this.guestCpus = new GuestCpus(files);
    this.chrony = new ChronySources(files);
    this.onlineCpus = onlineCpus;
  }

  /** All of them by key. */
  public SortedMap<String, HostSetting> read() {
    SortedMap<String, HostSetting> settings = new TreeMap<>(hugepages.read());
    guestCpus.read(onlineCpus.get()).ifPresent(found -> settings.put(found.key(), found));
    chrony.read().ifPresent(found -> settings.put(found.key(), found));
    forwarding.read().ifPresent(found -> settings.put(found.key(), found));
    table.read().ifPresent(found -> settings.put(found.key(), found));
    networks.read().forEach(found -> settings.put(found.key(), found));
    links.read().forEach(found -> settings.put(found.key(), found));
    lldp.read().ifPresent(found -> settings.put(found.key(), found));
    settings.putAll(stored.read());
    return settings;
  }

  /** One of them. */
  public Optional<HostSetting> read(String key) {
    Optional<StoredFile> file = stored.read(key);
    return file.isPresent() ? Optional.of(file.get()) : Optional.ofNullable(read().get(key));
  }

  /** The files that Ballast keeps on the machine. */
  public StoredFiles stored() {
    return stored;
  }

  /** Why the thing may not become so from what it is, with the remedy. */
  public Optional<String> illegal(HostSetting target, HostSetting now) {
    return switch (target) {
      case Hugepages pages ->
          now instanceof Hugepages found ? hugepages.illegal(pages, found) : Optional.empty();
      case ReservedCpus(CpuSet cpus) -> {
        CpuSet online = onlineCpus.get();
        yield online.containsAll(cpus) && !cpus.containsAll(online)
            ? Optional.empty()
            : Optional.of(
                "CPUs " + cpus + " of " + online + " cannot be reserved: some stay for guests");
      }
      case TimeSources ignored -> Optional.empty();
      case IpForwarding ignored -> Optional.empty();
      case OtherNetworks ignored -> Optional.of("networks of others are never set");
      case VirtualNetworks wanted ->
          now instanceof VirtualNetworks found ? networks.illegal(wanted, found) : Optional.empty();
      case PortForwards wanted -> forwards(wanted, now);
      case LinkSetting wanted -> links(wanted);
      case Trash ignored -> Optional.of("only a purge empties the trash");
      case StoredFile file ->
          now instanceof StoredFile found ? stored.illegal(file, found) : Optional.empty();
    };
  }

  private Optional<String> links(LinkSetting target) {
    if (!(target instanceof OwnLinks wanted)) {
      return Optional.of("links and neighbours of others are never set");
    }
    Optional<LinkTable.Links> now = links.links();
    return now.flatMap(
        found ->
            LinkRules.problems(wanted, found.own(), found.others()).stream()
                .findFirst()
                .or(() -> LinkChange.trouble(wanted, found)));
  }

  /** Who else manages a link that the target takes, with the remedy. */
  public Optional<String> otherOwner(HostSetting target) {
    return target instanceof OwnLinks wanted
        ? links.links().flatMap(now -> LinkRules.otherOwner(wanted, now.own(), now.others()))
        : Optional.empty();
  }

  /** Forwards lead only into networks whose rules are Ballast's own. */
  private Optional<String> forwards(PortForwards target, HostSetting now) {
    if (now instanceof PortForwards found && found.foreignRules() > 0) {
      return Optional.of(
          "table inet ballast was changed by hand: remove it ('nft delete table inet ballast')");
    }
    Optional<VirtualNetworks> known = networks.own();
    if (known.isEmpty()) {
      // At boot the table comes before libvirt: it leads nowhere until the networks are there.
      return Optional.empty();
    }
    List<Subnet> open =
        known.stream()
            .flatMap(own -> own.networks().values().stream())
            .filter(network -> network.mode().equals(VirtualNetwork.OPEN))
            .map(network -> Subnet.parse(network.address()))
            .toList();
    return target.forwards().values().stream()
        .filter(
            to -> open.stream().noneMatch(net -> net.contains(to.substring(0, to.indexOf(':')))))
        .findFirst()
        .map(to -> to + " is in no open network of Ballast's on this host");
  }
}
