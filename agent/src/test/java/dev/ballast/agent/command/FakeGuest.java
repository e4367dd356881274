package dev.ballast.agent.command;

import dev.ballast.agent.host.libvirt.DomainRow;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.DomainXmlException;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.TuningXml;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A domain of a fake libvirt; its XML without pins, which are put in when it is read. */
final class FakeGuest {
  private static final int VCPUS = 2;

  /** What {@link #define} reads out of the XML, or what is put in when it is read. */
  private static final List<String> TUNING =
      List.of(
          "<cputune>.*</cputune>",
          "<d:defined [^>]*/>",
          "<currentMemory.*</currentMemory>",
          "<blkiotune>.*</blkiotune>",
          "<memtune>.*</memtune>",
          "<iothreads>.*</iothreads>",
          "<numatune>.*</numatune>",
          "<devices>.*</devices>");

  String xml = "";
  String uuid = "00000000-0000-4000-8000-000000000001";
  String mark = "";
  boolean active;
  boolean paused;
  boolean autostart;
  boolean managedSave;
  boolean persistent = true;
  final TreeMap<Integer, CpuSet> configPins = new TreeMap<>();
  CpuSet configEmulator = FakeHost.ONLINE;
  final TreeMap<Integer, CpuSet> livePins = new TreeMap<>();
  CpuSet liveEmulator = FakeHost.ONLINE;
  final FakeLimits limits = new FakeLimits();

  /** As {@code restrictive 0}; empty for none. */
  String configMemory = "";

  String liveMemory = "";
  final TreeMap<Integer, CpuSet> configIothreads = new TreeMap<>();
  final TreeMap<Integer, CpuSet> liveIothreads = new TreeMap<>();
  String devices = "";

  /** By name, each with whether it holds a running guest. */
  final TreeMap<String, Boolean> snapshots = new TreeMap<>();

  /** As Ballast defines it, with that digest. */
  static FakeGuest defined(String name, String digest) {
    FakeGuest guest = new FakeGuest();
    guest.xml = xml(name, digest);
    for (int vcpu = 0; vcpu < VCPUS; vcpu++) {
      guest.configPins.put(vcpu, FakeHost.ONLINE);
    }
    try {
      guest.mark(DomainXml.parse(guest.persistentXml()).configDigest());
    } catch (DomainXmlException e) {
      throw new IllegalStateException(e);
    }
    return guest;
  }

  static String xml(String name, String digest) {
    return "<domain type='qemu'><name>"
        + name
        + "</name><uuid>00000000-0000-4000-8000-000000000001</uuid><metadata>"
        + "<ballast:vm xmlns:ballast='"
        + DomainXml.SPEC_NAMESPACE
        + "' spec='"
        + digest
        + "'/></metadata><memory unit='KiB'>32768</memory><vcpu>2</vcpu></domain>";
  }

  void mark(String digest) {
    mark =
        "<d:defined xmlns:d='"
            + DomainXml.DEFINED_NAMESPACE
            + "' "
            + DomainXml.DEFINED_ATTRIBUTE
            + "='"
            + digest
            + "'/>";
  }

  void define(String wanted, DomainXml parsed) throws DomainXmlException {
    configPins.clear();
    configPins.putAll(parsed.vcpuPins());
    configEmulator = parsed.emulatorPin().orElse(FakeHost.ONLINE);
    configMemory = TuningXml.parse(wanted, 1).memory().map(MemoryNodes::toString).orElse("");
    mark = "";
    parsed.definedDigest().ifPresent(this::mark);
    xml = wanted;
    for (String element : TUNING) {
      xml = xml.replaceAll(element, "");
    }
  }

  void setLive(boolean running) {
    active = running;
    limits.start();
    livePins.clear();
    for (int vcpu = 0; vcpu < VCPUS; vcpu++) {
      livePins.put(vcpu, configPins.getOrDefault(vcpu, FakeHost.ONLINE));
    }
    liveEmulator = configEmulator;
  }

  void pin(int vcpu, CpuSet cpus, PinScope scope) {
    if (scope != PinScope.LIVE) {
      configPins.put(vcpu, cpus);
    }
    if (scope != PinScope.CONFIG) {
      livePins.put(vcpu, cpus);
    }
  }

  void pinEmulator(CpuSet cpus, PinScope scope) {
    if (scope != PinScope.LIVE) {
      configEmulator = cpus;
    }
    if (scope != PinScope.CONFIG) {
      liveEmulator = cpus;
    }
  }

  /** Where its threads may run now; absent when it does not run. */
  Optional<CpuPins> pins() {
    return active
        ? Optional.of(new CpuPins(List.copyOf(livePins.values()), liveEmulator))
        : Optional.empty();
  }

  private String liveXml() {
    return FakeLimits.into(
        xml.replace(
            "</vcpu>",
            "</vcpu>"
                + iothreads(liveIothreads)
                + "<cputune></cputune>"
                + numatune(liveMemory)
                + devices),
        limits.live);
  }

  private static String iothreads(Map<Integer, CpuSet> threads) {
    return threads.isEmpty() ? "" : "<iothreads>" + threads.size() + "</iothreads>";
  }

  private static String numatune(String memory) {
    String[] words = memory.split(" ", -1);
    return words.length < 2
        ? ""
        : "<numatune><memory mode='%s' nodeset='%s'/></numatune>".formatted(words[0], words[1]);
  }

  String persistentXml() {
    StringBuilder pins = new StringBuilder("<cputune>");
    configPins.forEach(
        (vcpu, cpus) -> pins.append("<vcpupin vcpu='%d' cpuset='%s'/>".formatted(vcpu, cpus)));
    pins.append("<emulatorpin cpuset='").append(configEmulator).append("'/>");
    configIothreads.forEach(
        (id, cpus) -> pins.append("<iothreadpin iothread='%d' cpuset='%s'/>".formatted(id, cpus)));
    pins.append("</cputune>").append(numatune(configMemory));
    return FakeLimits.into(
        xml.replace("</metadata>", mark + "</metadata>")
            .replace("</vcpu>", "</vcpu>" + iothreads(configIothreads) + pins),
        limits.config);
  }

  DomainState state() {
    if (paused) {
      return DomainState.PAUSED;
    }
    return active ? DomainState.RUNNING : DomainState.SHUT_OFF;
  }

  DomainRow row(String name) {
    return new DomainRow(
        name,
        uuid,
        state(),
        active,
        autostart,
        managedSave,
        VCPUS,
        32L << 20,
        persistent ? Optional.of(persistentXml()) : Optional.empty(),
        active ? Optional.of(liveXml()) : Optional.empty(),
        snapshots.entrySet().stream()
            .map(taken -> new DomainSnapshot(taken.getKey(), 7, taken.getValue(), false))
            .toList());
  }

  /** All that actions can change, as text. */
  String picture() {
    return persistentXml()
        + (active ? " live " + livePins + liveEmulator + limits.live : " off")
        + (active ? liveMemory + liveIothreads : "")
        + (autostart ? " autostart" : "")
        + (snapshots.isEmpty() ? "" : " snapshots " + snapshots);
  }
}
