package dev.ballast.agent.command;

import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.LiveLimits;
import dev.ballast.agent.executor.LiveMemory;
import dev.ballast.agent.executor.SwitchReader;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.agent.host.libvirt.DomainRow;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.DomainXmlException;
import dev.ballast.agent.host.libvirt.GuestMemory;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.libvirt.MigratableXml;
import dev.ballast.agent.host.libvirt.MigrationJob;
import dev.ballast.agent.host.libvirt.MigrationRequest;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.RunningMigration;
import dev.ballast.agent.host.libvirt.TuningXml;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.agent.host.machine.Commands;
import dev.ballast.agent.host.machine.MachineSettings;
import dev.ballast.agent.host.machine.MachineWriter;
import dev.ballast.agent.host.ovs.Ovsdb;
import dev.ballast.agent.host.storage.StorageWriter;
import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A host in memory that outlives the agents under test: domains as libvirt would keep them, KSM as
 * files. Counts writes; a test may make a write fail or die.
 */
class FakeHost implements Libvirt, LibvirtWriter {
  static final CpuSet ONLINE = CpuSet.parse("0-7");

  /** A domain; its XML without pins, which are put in when it is read. */
  static final class Guest {
    String xml = "";
    String uuid = "00000000-0000-4000-8000-000000000001";
    String mark = "";
    boolean active;
    boolean paused;
    boolean autostart;
    boolean managedSave;
    boolean persistent = true;
    final TreeMap<Integer, CpuSet> configPins = new TreeMap<>();
    CpuSet configEmulator = ONLINE;
    final TreeMap<Integer, CpuSet> livePins = new TreeMap<>();
    CpuSet liveEmulator = ONLINE;
    final FakeLimits limits = new FakeLimits();

    /** As {@code restrictive 0}; empty for none. */
    String configMemory = "";

    String liveMemory = "";
    final TreeMap<Integer, CpuSet> configIothreads = new TreeMap<>();
    final TreeMap<Integer, CpuSet> liveIothreads = new TreeMap<>();
    String devices = "";
  }

  final Map<String, Guest> guests = new TreeMap<>();
  final FakeMigration migration = new FakeMigration();
  private final Path root;
  int writes;
  boolean obedient = true;
  boolean bfq = true;
  boolean memoryMigrates = true;
  long nodeFreeBytes = 1L << 30;
  ProcessMemory processMemory = new ProcessMemory(new TreeMap<>(), new TreeMap<>());
  private final LiveMemory memory =
      new LiveMemory() {
        @Override
        public Optional<CpuSet> allowedNodes(VmName vm) {
          String nodes = guests.get(vm.value()).liveMemory;
          return nodes.isEmpty()
              ? Optional.empty()
              : Optional.of(CpuSet.parse(nodes.substring(nodes.indexOf(' ') + 1)));
        }

        @Override
        public SortedMap<Integer, CpuSet> iothreads(VmName vm) {
          return guests.get(vm.value()).liveIothreads;
        }

        @Override
        public Optional<ProcessMemory> memory(VmName vm) {
          return Optional.of(processMemory);
        }

        @Override
        public long freeBytes(int node, boolean huge) {
          return huge ? 0 : nodeFreeBytes;
        }

        @Override
        public boolean migrates(VmName vm) {
          return memoryMigrates;
        }
      };
  Optional<Long> memoryUse = Optional.of(8L << 20);
  Optional<GuestMemory> guestMemory = Optional.empty();
  volatile boolean reachable = true;
  volatile boolean idle = true;

  /** Called before and after each write with its name; may throw. */
  Consumer<String> points = place -> {};

  /** The next write of that name times out, before or after it took effect. */
  String hangs = "";

  boolean hangTakesEffect;

  /** Who else manages the host. */
  Set<OtherOwner> otherOwners = Set.of();

  /** Writes of that name are refused by libvirt. */
  String refuses = "";

  FakeHost(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root.resolve("sys/kernel/mm/ksm"));
    for (String file : List.of("run", "pages_shared", "pages_sharing")) {
      knob(file, "0\n");
    }
    knob("pages_to_scan", "100\n");
    knob("sleep_millisecs", "20\n");
    addMachine();
  }

  private void knob(String name, String value) throws IOException {
    Path file = root.resolve("sys/kernel/mm/ksm").resolve(name);
    if (!Files.exists(file)) {
      Path fresh = file.resolveSibling(name + ".new");
      Files.writeString(fresh, value);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  HostReader reader() {
    KernelFiles files = new KernelFiles(root);
    LiveLimits limits =
        new LiveLimits() {
          @Override
          public Optional<GroupLimits> read(VmName vm) {
            return Optional.of(guests.get(vm.value()).limits.groups());
          }

          @Override
          public Optional<Long> memoryUseBytes(VmName vm) {
            return memoryUse;
          }

          @Override
          public LiveMemory memory() {
            return memory;
          }

          @Override
          public boolean keepsBlkioWeights() {
            return bfq;
          }
        };
    return new HostReader(
        this,
        (vm, vcpus) -> live(vm.value()),
        limits,
        new KsmFiles(files),
        () -> ONLINE,
        () -> otherOwners,
        switches(),
        new MachineSettings(files, () -> ONLINE, programs(), networks(), new StoredFiles(store())));
  }

  /** The networks of its libvirt. */
  FakeNetworks networks() {
    return new FakeNetworks(root.resolve("fake/networks"));
  }

  FakeNft nft() {
    return new FakeNft(root.resolve("fake/nft"));
  }

  FakeIp ip() throws IOException {
    return new FakeIp(root.resolve("fake/ip"));
  }

  private Commands programs() {
    return new Commands() {
      @Override
      public void run(List<String> command) throws IOException, InterruptedException {
        program(command);
      }

      @Override
      public String read(List<String> command) throws IOException {
        return command.getFirst().equals("ip") ? ip().read(command) : nft().list();
      }

      @Override
      public void feed(List<String> command, String input)
          throws IOException, InterruptedException {
        program(command);
        if (command.getFirst().equals("ip")) {
          ip().batch(input);
        } else {
          nft().load(input);
        }
      }
    };
  }

  /** What the host tells of Open vSwitch. */
  SwitchReader switches() {
    return new SwitchReader(Ovsdb.none(), TreeMap::new, () -> "");
  }

  /** Programs that were run. */
  final List<List<String>> commands = new ArrayList<>();

  /** Programs that change the machine fail. */
  boolean programsFail;

  MachineWriter machine(KernelWriter kernel) {
    return new MachineWriter(
        new KernelFiles(root),
        kernel,
        programs(),
        Optional.of(new MachineWriter.Networks(networks(), networks())));
  }

  /** Where a file of the host lies. */
  Path path(String file) {
    return root.resolve(file);
  }

  /** Where the host keeps files. */
  StoreSettings store() {
    return new StoreSettings(root.resolve("images"), 1 << 20, List.of(root.resolve("volumes")));
  }

  StorageWriter storage() {
    return new StorageWriter(store(), this::program, this::program, () -> 1_000);
  }

  void program(List<String> command) throws IOException, InterruptedException {
    commands.add(command);
    if (programsFail) {
      throw new IOException("'" + String.join(" ", command) + "' failed");
    }
    if (command.getFirst().equals("qemu-img")) {
      Commands.real(60_000).run(command);
    }
    if (command.getFirst().equals("systemctl")) {
      put(
          "etc/systemd/system.control/machine.slice.d/50-AllowedCPUs.conf",
          "[Slice]\n" + command.getLast() + "\n");
    }
  }

  /** From now on as on a host of cgroup version 2 under systemd. */
  void useSystemd() throws IOException {
    Files.createDirectories(root.resolve("run/systemd/system"));
    put("proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
    put("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory\n");
  }

  /** Without a command. */
  void setLinks(OwnLinks links) {
    try {
      machine(new KernelWriter(new KernelFiles(root))).write(links, ONLINE);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void addNetworks() {
    SortedMap<String, VirtualNetwork> own = new TreeMap<>();
    own.put(
        "guests", VirtualNetwork.wanted("guests", "open", "10.5.0.1/24", "", "", new TreeMap<>()));
    KernelFiles files = new KernelFiles(root);
    try {
      machine(new KernelWriter(files)).write(new HostSetting.VirtualNetworks(own), ONLINE);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    networks()
        .define("<network><name>default</name><uuid>4</uuid><ip address='10.9.0.1'/></network>");
  }

  private void addMachine() throws IOException {
    putOnce("usr/sbin/nft", "");
    putOnce("usr/sbin/ip", "");
    putOnce("proc/sys/net/ipv4/ip_forward", "0\n");
    putOnce("proc/sys/net/ipv6/conf/all/forwarding", "0\n");
    if (networks().networks().isEmpty()) {
      addNetworks();
    }
    putOnce("sys/devices/system/node/node0/meminfo", "Node 0 MemFree: 1048576 kB\n");
    putOnce(HUGEPAGES + "/nr_hugepages", "4\n");
    putOnce(HUGEPAGES + "/free_hugepages", "1\n");
    putOnce("proc/mounts", "cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\n");
    putOnce("sys/fs/cgroup/cpuset/machine/cpuset.cpus", "0-7\n");
    Files.createDirectories(root.resolve("etc/chrony/sources.d"));
  }

  private void putOnce(String path, String text) throws IOException {
    if (!Files.exists(root.resolve(path))) {
      put(path, text);
    }
  }

  static final String HUGEPAGES = "sys/devices/system/node/node0/hugepages/hugepages-2048kB";

  void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  String text(String path) throws IOException {
    return Files.readString(root.resolve(path)).strip();
  }

  SortedMap<String, HostSetting> settings() {
    return reader().machine().read();
  }

  HostWriter writer() {
    KernelFiles files = new KernelFiles(root);
    KernelWriter kernel = new KernelWriter(files);
    return new HostWriter(this, kernel, machine(kernel), storage());
  }

  KsmSettings ksm() {
    return new KsmFiles(new KernelFiles(root)).read().orElseThrow().settings();
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

  Guest addGuest(String name, String digest, boolean active) {
    Guest guest = new Guest();
    guest.xml = xml(name, digest);
    guest.configPins.put(0, ONLINE);
    guest.configPins.put(1, ONLINE);
    guests.put(name, guest);
    try {
      String config = DomainXml.parse(persistentXml(guest)).configDigest();
      guest.mark = mark(config);
    } catch (DomainXmlException e) {
      throw new IllegalStateException(e);
    }
    setLive(guest, active);
    return guest;
  }

  private static String mark(String digest) {
    return "<d:defined xmlns:d='"
        + DomainXml.DEFINED_NAMESPACE
        + "' "
        + DomainXml.DEFINED_ATTRIBUTE
        + "='"
        + digest
        + "'/>";
  }

  private static void setLive(Guest guest, boolean active) {
    guest.active = active;
    guest.limits.start();
    guest.livePins.clear();
    for (int vcpu = 0; vcpu < 2; vcpu++) {
      guest.livePins.put(vcpu, guest.configPins.getOrDefault(vcpu, ONLINE));
    }
    guest.liveEmulator = guest.configEmulator;
  }

  private static String liveXml(Guest guest) {
    return FakeLimits.into(
        guest.xml.replace(
            "</vcpu>",
            "</vcpu>"
                + iothreads(guest.liveIothreads)
                + "<cputune></cputune>"
                + numatune(guest.liveMemory)
                + guest.devices),
        guest.limits.live);
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

  private static String persistentXml(Guest guest) {
    StringBuilder pins = new StringBuilder("<cputune>");
    guest.configPins.forEach(
        (vcpu, cpus) ->
            pins.append("<vcpupin vcpu='")
                .append(vcpu)
                .append("' cpuset='")
                .append(cpus)
                .append("'/>"));
    pins.append("<emulatorpin cpuset='").append(guest.configEmulator).append("'/>");
    guest.configIothreads.forEach(
        (id, cpus) -> pins.append("<iothreadpin iothread='%d' cpuset='%s'/>".formatted(id, cpus)));
    pins.append("</cputune>").append(numatune(guest.configMemory));
    String xml =
        guest
            .xml
            .replace("</metadata>", guest.mark + "</metadata>")
            .replace("</vcpu>", "</vcpu>" + iothreads(guest.configIothreads) + pins);
    return FakeLimits.into(xml, guest.limits.config);
  }

  private Optional<CpuPins> live(String name) {
    Guest guest = guests.get(name);
    return guest == null || !guest.active
        ? Optional.empty()
        : Optional.of(new CpuPins(List.copyOf(guest.livePins.values()), guest.liveEmulator));
  }

  @Override
  public List<DomainRow> domains() throws LibvirtFault {
    List<DomainRow> rows = new ArrayList<>();
    for (String name : guests.keySet()) {
      domain(name).ifPresent(rows::add);
    }
    return rows;
  }

  @Override
  public Optional<DomainRow> domain(String name) throws LibvirtFault {
    requireReachable();
    return Optional.ofNullable(guests.get(name)).map(guest -> row(name, guest));
  }

  private static DomainRow row(String name, Guest guest) {
    DomainState state =
        guest.paused
            ? DomainState.PAUSED
            : guest.active ? DomainState.RUNNING : DomainState.SHUT_OFF;
    return new DomainRow(
        name,
        guest.uuid,
        state,
        guest.active,
        guest.autostart,
        guest.managedSave,
        2,
        32L << 20,
        guest.persistent ? Optional.of(persistentXml(guest)) : Optional.empty(),
        guest.active ? Optional.of(liveXml(guest)) : Optional.empty());
  }

  @Override
  public boolean idle(String name) throws LibvirtFault {
    requireReachable();
    return !migration.orphanRuns(name, this) && idle;
  }

  @Override
  public Optional<MigrationJob> migration(String name) {
    return migration.job();
  }

  @Override
  public MigratableXml migratableXml(String name) throws LibvirtFault {
    String xml = persistentXml(guest(name));
    return new MigratableXml(
        xml.replace("</domain>", "<devices>" + migration.liveDevices + "</devices></domain>"), xml);
  }

  @Override
  public int snapshots(String name) {
    return migration.snapshots;
  }

  @Override
  public String stateAndReason(String name) throws LibvirtFault {
    DomainState state = row(name, guest(name)).state();
    return state == DomainState.RUNNING && migration.startedAgain
        ? STARTED_AGAIN
        : state + " (migration)";
  }

  @Override
  public RunningMigration migrate(MigrationRequest request) throws LibvirtFault {
    List<RunningMigration> begun = new ArrayList<>();
    write("migrate", () -> begun.add(migration.begin(request, guest(request.name()), this)));
    return begun.getFirst();
  }

  @Override
  public void setMigrationDowntime(String name, long downtimeMillis) {
    migration.downtimeMillis = downtimeMillis;
  }

  @Override
  public void abortJob(String name) {
    migration.abort();
  }

  @Override
  public SortedMap<String, String> versions() {
    return new TreeMap<>();
  }

  @Override
  public Optional<String> lack() {
    return reachable ? Optional.empty() : Optional.of("down");
  }

  private void requireReachable() throws LibvirtFault {
    if (!reachable) {
      throw new LibvirtFault.Unavailable("libvirt is down", false);
    }
  }

  @FunctionalInterface
  private interface Effect {
    void run() throws LibvirtFault;
  }

  private void write(String what, Effect effect) throws LibvirtFault {
    requireReachable();
    points.accept("before " + what);
    if (what.equals(refuses)) {
      throw new LibvirtFault.Refused(what + ": refused by the test");
    }
    boolean hanging = what.equals(hangs);
    hangs = hanging ? "" : hangs;
    if (!hanging || hangTakesEffect) {
      writes++;
      if (obedient) {
        effect.run();
      }
    }
    points.accept("after " + what);
    if (hanging) {
      throw new LibvirtFault.TimedOut(what + ": no answer");
    }
  }

  private Guest guest(String name) throws LibvirtFault {
    Guest guest = guests.get(name);
    if (guest == null) {
      throw new LibvirtFault.Refused("no domain " + name);
    }
    return guest;
  }

  @Override
  public void defineXml(String xml) throws LibvirtFault {
    write("define", () -> define(xml));
  }

  private void define(String xml) throws LibvirtFault {
    try {
      DomainXml parsed = DomainXml.parse(xml);
      Guest guest = guests.computeIfAbsent(parsed.name(), name -> new Guest());
      guest.configPins.clear();
      guest.configPins.putAll(parsed.vcpuPins());
      guest.configEmulator = parsed.emulatorPin().orElse(ONLINE);
      guest.configMemory = TuningXml.parse(xml, 1).memory().map(MemoryNodes::toString).orElse("");
      guest.mark = parsed.definedDigest().map(FakeHost::mark).orElse("");
      guest.xml = xml.replaceAll("<cputune>.*</cputune>", "").replaceAll("<d:defined [^>]*/>", "");
      guest.xml =
          guest
              .xml
              .replaceAll("<currentMemory.*</currentMemory>", "")
              .replaceAll("<blkiotune>.*</blkiotune>", "")
              .replaceAll("<memtune>.*</memtune>", "")
              .replaceAll("<iothreads>.*</iothreads>", "")
              .replaceAll("<numatune>.*</numatune>", "")
              .replaceAll("<devices>.*</devices>", "");
    } catch (DomainXmlException e) {
      throw new LibvirtFault.Refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void undefine(String name) throws LibvirtFault {
    write(
        "undefine",
        () -> {
          if (guest(name).active) {
            throw new LibvirtFault.Refused("the fake has no transient domains");
          }
          guests.remove(name);
        });
  }

  @Override
  public void setAutostart(String name, boolean autostart) throws LibvirtFault {
    write("autostart", () -> guest(name).autostart = autostart);
  }

  @Override
  public void setMetadata(String name, String element, String prefix, String namespace)
      throws LibvirtFault {
    String digest = element.replaceAll(".*='(.*)'.*", "$1");
    write("metadata", () -> guest(name).mark = mark(digest));
  }

  @Override
  public void create(String name) throws LibvirtFault {
    write("create", () -> setLive(guest(name), true));
  }

  @Override
  public void shutdown(String name) throws LibvirtFault {
    write("shutdown", () -> guest(name).active = false);
  }

  @Override
  public void destroy(String name) throws LibvirtFault {
    write("destroy", () -> guest(name).active = false);
  }

  @Override
  public void pinVcpu(String name, int vcpu, CpuSet cpus, PinScope scope) throws LibvirtFault {
    write(
        "pin " + vcpu,
        () -> {
          Guest guest = guest(name);
          if (scope != PinScope.LIVE) {
            guest.configPins.put(vcpu, cpus);
          }
          if (scope != PinScope.CONFIG) {
            guest.livePins.put(vcpu, cpus);
          }
        });
  }

  @Override
  public void pinEmulator(String name, CpuSet cpus, PinScope scope) throws LibvirtFault {
    write(
        "pin emulator",
        () -> {
          Guest guest = guest(name);
          if (scope != PinScope.LIVE) {
            guest.configEmulator = cpus;
          }
          if (scope != PinScope.CONFIG) {
            guest.liveEmulator = cpus;
          }
        });
  }

  @Override
  public Optional<GuestMemory> guestMemory(String name) throws LibvirtFault {
    requireReachable();
    return guestMemory;
  }

  @Override
  public void setScheduler(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("scheduler " + scope, () -> guest(name).limits.set("", parameters, scope));
  }

  @Override
  public void setMemoryLimits(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("memory limits " + scope, () -> guest(name).limits.set("", parameters, scope));
  }

  @Override
  public void pinIothread(String name, int iothread, CpuSet cpus, PinScope scope)
      throws LibvirtFault {
    write(
        "pin iothread",
        () -> {
          Guest guest = guest(name);
          (scope == PinScope.LIVE ? guest.liveIothreads : guest.configIothreads)
              .put(iothread, cpus);
        });
  }

  @Override
  public void setNumaNodes(String name, String mode, CpuSet nodes, PinScope scope)
      throws LibvirtFault {
    write(
        "nodes " + scope,
        () -> {
          Guest guest = guest(name);
          if (scope == PinScope.LIVE) {
            guest.liveMemory = "restrictive " + nodes;
          } else {
            guest.configMemory = mode + " " + nodes;
          }
        });
  }

  @Override
  public void setGuestTime(String name) throws LibvirtFault {
    write("guest time", () -> guest(name));
  }

  @Override
  public void startPostCopy(String name) throws LibvirtFault {
    write("post-copy", () -> guest(name));
  }

  @Override
  public void setBlkio(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("blkio " + scope, () -> guest(name).limits.set("", parameters, scope));
  }

  @Override
  public void setMemory(String name, long bytes, PinScope scope) throws LibvirtFault {
    write("memory " + scope, () -> guest(name).limits.memory(bytes, scope));
  }

  @Override
  public void setBlockIoTune(String name, String disk, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("disk " + scope, () -> guest(name).limits.set(disk + " ", parameters, scope));
  }

  @Override
  public void setInterface(String name, String device, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("nic " + scope, () -> guest(name).limits.set("nic ", parameters, scope));
  }

  /** All that actions can change, as text, to compare. */
  String picture() {
    StringBuilder text = new StringBuilder("ksm " + ksm() + " " + settings());
    guests.forEach(
        (name, g) ->
            text.append('\n')
                .append(name)
                .append(' ')
                .append(persistentXml(g))
                .append(g.active ? " live " + g.livePins + g.liveEmulator + g.limits.live : " off")
                .append(g.active ? g.liveMemory + g.liveIothreads : "")
                .append(g.autostart ? " autostart" : ""));
    return text.toString();
  }
}
