package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.planned;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** A host before a command, and the command as planned against it; every kind of action occurs. */
record FaultScenario(
    String name,
    Consumer<LedgerHost> before,
    Function<LedgerHost, List<PlannedAction>> actions,
    Commit commit) {
  /** Whether the command must be confirmed, and whether it is. */
  enum Commit {
    PLAIN,
    CONFIRMED,
    UNCONFIRMED
  }

  private static final VmName VM = new VmName("web");
  private static final VmName OLD = new VmName("old");
  private static final CpuPins PINS =
      new CpuPins(List.of(CpuSet.of(2), CpuSet.of(3)), CpuSet.of(4));
  private static final KsmSettings KSM = new KsmSettings(1, 500, 50);
  private static final String DIGEST = "d".repeat(64);
  private static final String OLD_DIGEST = "c".repeat(64);
  private static final String CLUSTER = "00000000-0000-4000-8000-0000000000cc";
  private static final VmLimits LIMITS =
      VmLimits.NONE.withCpu(
          50, Optional.of(CpuQuota.percent(60)), Optional.empty(), Optional.empty());

  static List<FaultScenario> all() {
    return List.of(
        of("pin", guest(true), host -> one(new PinCpus(VM, PINS), web(host))),
        of("limits", guest(true), host -> one(new SetLimits(VM, LIMITS), web(host))),
        of(
            "memory nodes",
            FaultScenario::onNodeZero,
            host -> one(new SetMemoryNodes(VM, Optional.of(nodes(0)), nodes(1)), web(host))),
        of("guest time", guest(true), host -> one(new SetGuestTime(VM), web(host))),
        of("ksm", host -> {}, host -> List.of(ksm(host))),
        of("hugepages", host -> {}, host -> List.of(set(host, new Hugepages(2L << 20, 0, 9)))),
        of("reserved CPUs", host -> {}, host -> List.of(set(host, RESERVED))),
        of("networks of libvirt", host -> {}, host -> List.of(set(host, NETWORKS))),
        of("links", host -> {}, host -> List.of(set(host, LINKS))),
        of(
            "links: given back",
            FaultScenario::withLinks,
            host -> List.of(set(host, new OwnLinks(new TreeMap<>())))),
        of("port forwards", host -> {}, host -> List.of(set(host, FORWARDS))),
        of(
            "packets between links",
            host -> {},
            host -> List.of(set(host, new HostSetting.IpForwarding(true, true)))),
        of("switch: new bridge", host -> {}, host -> List.of(bridge(host, 10))),
        of("switch: changed bridge", FaultScenario::withBridge, host -> List.of(bridge(host, 20))),
        of(
            "switch: bond, tunnel, mirror, rates",
            FaultScenario::withBridge,
            host -> List.of(change(host, rich()))),
        of(
            "switch: back from bond, tunnel, mirror, rates",
            FaultScenario::withRichBridge,
            host -> List.of(bridge(host, 20))),
        of("switch: removed bridge", FaultScenario::withBridge, host -> List.of(noBridge(host))),
        of("define", host -> {}, host -> List.of(define(new NoDomain()))),
        of("redefine", guest(true), host -> List.of(define(web(host)))),
        of("undefine", guest(false), host -> one(new UndefineDomain(VM), web(host))),
        of("start", guest(false), host -> one(new StartDomain(VM), web(host))),
        of("shut down", guest(true), host -> one(new ShutdownDomain(VM, 5_000), web(host))),
        of("destroy", guest(true), host -> one(new DestroyDomain(VM), web(host))),
        of("migrate", guest(true), host -> one(migrate(), web(host))),
        of(
            "define, pin, ksm",
            host -> {},
            host ->
                List.of(
                    define(new NoDomain()),
                    planned(
                        new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.SHUT_OFF, DIGEST)),
                    ksm(host))),
        of("confirmed: switch, ksm", host -> {}, FaultScenario::switchAndKsm)
            .with(Commit.CONFIRMED),
        of("unconfirmed: switch, ksm", host -> {}, FaultScenario::switchAndKsm)
            .with(Commit.UNCONFIRMED),
        of(
            "switch, limits, then a failure",
            FaultScenario::failing,
            host ->
                List.of(
                    bridge(host, 10),
                    planned(new SetLimits(VM, LIMITS), web(host)),
                    planned(
                        new PinCpus(OLD, PINS),
                        new AfterEarlierSteps(DomainState.SHUT_OFF, OLD_DIGEST)))),
        of("image: fetched", StoredSamples::source, host -> List.of(image(host))),
        of(
            "image: removed",
            StoredSamples::fetched,
            host -> List.of(set(host, StoredSamples.IMAGE.absent()))),
        of("volume: made", host -> {}, host -> List.of(volume(host), define(new NoDomain()))),
        of(
            "volume, then a failure",
            StoredSamples::sourceAndFailure,
            host -> List.of(volume(host), planned(new PinCpus(VM, PINS), web(host)))),
        of("grow: off", StoredSamples::volume, host -> List.of(grow(host))),
        of("grow: running", FaultScenario::runningWithVolume, host -> List.of(grow(host))),
        of("purge", StoredSamples::trash, host -> List.of(purge(host))),
        of("snapshot: running", guest(true), host -> one(new TakeSnapshot(VM, "s1"), web(host))),
        of("snapshot: off", guest(false), host -> one(new TakeSnapshot(VM, "s1"), web(host))),
        of(
            "snapshot, then a failure",
            StoredSamples::sourceAndFailure,
            host -> {
              DomainRecord web = web(host);
              return List.of(
                  planned(new TakeSnapshot(VM, "s1"), web),
                  planned(new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.RUNNING, "")));
            }),
        of(
            "revert",
            FaultScenario::withSnapshot,
            host -> one(new RevertSnapshot(VM, "s1", true), web(host))),
        of(
            "delete snapshot",
            FaultScenario::withSnapshot,
            host -> one(new DeleteSnapshot(VM, "s1"), web(host))),
        of(
            "image, then a failure",
            StoredSamples::sourceAndFailure,
            host -> List.of(image(host), planned(new PinCpus(VM, PINS), web(host)))));
  }

  private static FaultScenario of(
      String name, Consumer<LedgerHost> before, Function<LedgerHost, List<PlannedAction>> actions) {
    return new FaultScenario(name, before, actions, Commit.PLAIN);
  }

  private FaultScenario with(Commit other) {
    return new FaultScenario(name, before, actions, other);
  }

  private static Consumer<LedgerHost> guest(boolean active) {
    return host -> former(host.addGuest("web", OLD_DIGEST, active));
  }

  private static void former(FakeGuest guest) {
    for (Map<String, Long> side : List.of(guest.limits.config, guest.limits.live)) {
      side.putAll(Map.of("cpu_shares", 1_000L, "vcpu_quota", 5_000L, "vcpu_period", 20_000L));
    }
  }

  private static MemoryNodes nodes(int node) {
    return new MemoryNodes(MemoryMode.RESTRICTIVE, CpuSet.of(node));
  }

  private static void onNodeZero(LedgerHost host) {
    FakeGuest guest = host.addGuest("web", OLD_DIGEST, true);
    guest.configMemory = "restrictive 0";
    guest.liveMemory = "restrictive 0";
  }

  private static void failing(LedgerHost host) {
    former(host.addGuest("web", OLD_DIGEST, true));
    host.addGuest("old", OLD_DIGEST, false);
    host.libvirt.refuses = "pin 0";
  }

  private static List<PlannedAction> one(Action action, Expectation expectation) {
    return List.of(planned(action, expectation));
  }

  private static DomainRecord web(LedgerHost host) {
    try {
      return host.reader().domains().domains().stream()
          .filter(domain -> domain.name().equals(VM))
          .map(DomainRecord::of)
          .findAny()
          .orElseThrow();
    } catch (LibvirtFault e) {
      throw new IllegalStateException(e);
    }
  }

  private static PlannedAction ksm(LedgerHost host) {
    return planned(new SetKsm(KSM), new KsmRecord(host.ksm()));
  }

  private static List<PlannedAction> switchAndKsm(LedgerHost host) {
    return List.of(bridge(host, 10), ksm(host));
  }

  private static final HostSetting RESERVED = new ReservedCpus(CpuSet.of(0));

  /** One network changes, one comes. */
  static final HostSetting.VirtualNetworks NETWORKS =
      new HostSetting.VirtualNetworks(
          new TreeMap<>(
              Map.of(
                  "guests",
                  VirtualNetwork.wanted(
                      "guests",
                      "open",
                      "10.5.0.1/24",
                      "10.5.0.10",
                      "10.5.0.99",
                      new TreeMap<>(Map.of("52:54:00:00:00:01", "10.5.0.7"))),
                  "apart",
                  VirtualNetwork.wanted(
                      "apart", "isolated", "10.6.0.1/24", "", "", new TreeMap<>()))));

  static final HostSetting.PortForwards FORWARDS =
      new HostSetting.PortForwards(
          new TreeMap<>(Map.of("tcp 8080", "10.5.0.7:80", "udp 192.0.2.1:53", "10.5.0.7:53")),
          new TreeSet<>(List.of("10.5.0.0/24")),
          0);

  /** A bridge takes the card that the host is reached by, with all that it carries. */
  static final OwnLinks LINKS =
      new OwnLinks(
          new TreeMap<>(
              Map.of(
                  "br0",
                  HostLink.bridge(
                      1_500,
                      true,
                      new TreeSet<>(List.of("eth0")),
                      new TreeSet<>(List.of("192.0.2.1/24", "fd00::1/64")),
                      new TreeSet<>(List.of("default via 192.0.2.254"))),
                  "eth0",
                  HostLink.card(
                      1_500,
                      new TreeSet<>(),
                      new TreeSet<>(),
                      Optional.of(
                          new HostLink.Former(
                              1_500,
                              new TreeSet<>(List.of("192.0.2.1/24", "fd00::1/64")),
                              new TreeSet<>(List.of("default via 192.0.2.254"))))),
                  "eth1",
                  HostLink.card(
                      9_000,
                      new TreeSet<>(List.of("10.8.0.1/24")),
                      new TreeSet<>(),
                      Optional.of(new HostLink.Former(1_500, new TreeSet<>(), new TreeSet<>()))))));

  private static void withLinks(LedgerHost host) {
    if (host.isFirstLife()) {
      host.machine.set(LINKS);
    }
  }

  private static PlannedAction set(LedgerHost host, HostSetting target) {
    return planned(
        new SetHostSetting(target), new HostSettingRecord(host.settings().get(target.key())));
  }

  private static PlannedAction volume(LedgerHost host) {
    VolumeFile volume =
        new VolumeFile(
            host.path("../host/volumes/web-vda.raw").normalize().toString(),
            new VolumeFile.Content(
                "raw", new VolumeSource(Optional.empty(), Kind.BLANK, 1 << 20), VM, 1));
    return planned(new SetHostSetting(volume), new HostSettingRecord(volume.absent()));
  }

  private static void runningWithVolume(LedgerHost host) {
    StoredSamples.volume(host);
    former(host.addGuest("web", OLD_DIGEST, true));
  }

  private static void withSnapshot(LedgerHost host) {
    FakeGuest guest = host.addGuest("web", OLD_DIGEST, false);
    former(guest);
    guest.snapshots.put("s1", true);
  }

  private static PlannedAction grow(LedgerHost host) {
    VolumeFile volume = StoredSamples.volumeOf(host);
    return planned(
        new GrowVolume(
            new VolumeFile(volume.path(), volume.content().orElseThrow().ofSize(2 << 20))),
        new HostSettingRecord(volume));
  }

  private static PlannedAction purge(LedgerHost host) {
    Trash trash = StoredSamples.trashOf(host);
    return planned(
        new PurgeTrash(new TreeSet<>(trash.files().keySet())), new HostSettingRecord(trash));
  }

  private static PlannedAction image(LedgerHost host) {
    return planned(
        new SetHostSetting(StoredSamples.image(host)),
        new HostSettingRecord(StoredSamples.IMAGE.absent()));
  }

  private static PlannedAction define(Expectation expectation) {
    return planned(new DefineDomain(VM, FakeGuest.xml("web", DIGEST), DIGEST), expectation);
  }

  private static MigrateDomain migrate() {
    return new MigrateDomain(
        VM,
        new HostName("h2"),
        "qemu+tls://h2/system",
        PINS,
        new MigrationLimits(5L << 20, 250, true, 20_000));
  }

  static SwitchBridge bridgeOf(int vlan) {
    TreeMap<String, SwitchPort> ports = new TreeMap<>();
    ports.put("br1", SwitchPort.local("br1", CLUSTER));
    ports.put("eth1", SwitchPort.uplink("eth1", new TreeSet<>(List.of(vlan)), CLUSTER));
    return new SwitchBridge("br1", Optional.of(CLUSTER), ports, new TreeMap<>());
  }

  private static PlannedAction bridge(LedgerHost host, int vlan) {
    return change(
        host, new SetSwitch(new TreeMap<>(Map.of("br1", bridgeOf(vlan))), new TreeSet<>()));
  }

  /** A bridge with one of everything that other tables hold. */
  static SetSwitch rich() {
    TreeMap<String, SwitchPort> ports = new TreeMap<>(bridgeOf(10).ports());
    ports.computeIfPresent(
        "eth1",
        (name, port) ->
            port.withSettings(
                new TreeMap<>(
                    Map.of(
                        "qos.type",
                        "linux-htb",
                        "qos.max-rate",
                        "1000000",
                        "ingress_policing_rate",
                        "500"))));
    ports.put(
        "bond0",
        port("bond0", SwitchPort.BOND, Map.of("members", "eth2,eth3", "bond_mode", "balance-slb")));
    ports.put(
        "vx0",
        port(
            "vx0",
            SwitchPort.VXLAN,
            Map.of("options.remote_ip", "192.0.2.2", "options.key", "7", "protected", "true")));
    TreeMap<String, String> settings =
        new TreeMap<>(
            Map.of(
                "fail_mode",
                "secure",
                "mirror.m0.select_all",
                "true",
                "mirror.m0.output_port",
                "vx0",
                "sflow.targets",
                "192.0.2.9:6343",
                "sflow.agent",
                "eth0",
                "sflow.sampling",
                "64",
                "sflow.polling",
                "10"));
    SwitchBridge bridge =
        new SwitchBridge("br1", Optional.of(CLUSTER), ports, new TreeMap<>(), settings);
    return new SetSwitch(new TreeMap<>(Map.of("br1", bridge)), new TreeSet<>());
  }

  private static SwitchPort port(String name, String type, Map<String, String> settings) {
    return new SwitchPort(
        name,
        type,
        Optional.empty(),
        new TreeSet<>(),
        "",
        Optional.empty(),
        Optional.of(CLUSTER),
        new TreeMap<>(settings));
  }

  private static PlannedAction noBridge(LedgerHost host) {
    return change(host, new SetSwitch(new TreeMap<>(), new TreeSet<>(List.of("br1"))));
  }

  private static PlannedAction change(LedgerHost host, SetSwitch action) {
    return planned(action, SwitchRecord.of(host.observedSwitch(), action.names()));
  }

  private static void withRichBridge(LedgerHost host) {
    if (host.isFirstLife()) {
      host.apply(rich());
    }
  }

  /** The database lies in a file: it is made once. */
  private static void withBridge(LedgerHost host) {
    if (host.isFirstLife()) {
      host.apply(new SetSwitch(new TreeMap<>(Map.of("br1", bridgeOf(10))), new TreeSet<>()));
    }
  }
}
