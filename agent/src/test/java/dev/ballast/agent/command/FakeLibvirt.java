package dev.ballast.agent.command;

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
import dev.ballast.agent.host.libvirt.RunningCall;
import dev.ballast.agent.host.libvirt.RunningMigration;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Domains in memory as libvirt would keep them. Counts writes; a test may make one fail or die. */
final class FakeLibvirt implements Libvirt, LibvirtWriter {
  final Map<String, FakeGuest> guests = new TreeMap<>();
  final FakeMigration migration = new FakeMigration();
  int writes;
  boolean obedient = true;
  Optional<GuestMemory> guestMemory = Optional.empty();
  volatile boolean reachable = true;
  volatile boolean idle = true;

  /** Called before and after each write with its name; may throw. */
  Consumer<String> points = place -> {};

  /** Called at each call. */
  Runnable looks = () -> {};

  /** The next write of that name times out, before or after it took effect. */
  String hangs = "";

  boolean hangTakesEffect;

  /** Writes of that name are refused. */
  String refuses = "";

  @FunctionalInterface
  private interface Effect {
    void run() throws LibvirtFault;
  }

  @FunctionalInterface
  private interface Change {
    void on(FakeGuest guest);
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

  private void write(String what, String name, Change change) throws LibvirtFault {
    write(what, () -> change.on(guest(name)));
  }

  private void requireReachable() throws LibvirtFault {
    looks.run();
    if (!reachable) {
      throw new LibvirtFault.Unavailable("libvirt is down", false);
    }
  }

  private FakeGuest guest(String name) throws LibvirtFault {
    FakeGuest guest = guests.get(name);
    if (guest == null) {
      throw new LibvirtFault.Refused("no domain " + name);
    }
    return guest;
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
    return Optional.ofNullable(guests.get(name)).map(guest -> guest.row(name));
  }

  @Override
  public boolean idle(String name) throws LibvirtFault {
    requireReachable();
    return !migration.orphanRuns(name, this) && idle;
  }

  @Override
  public Optional<GuestMemory> guestMemory(String name) throws LibvirtFault {
    requireReachable();
    return guestMemory;
  }

  @Override
  public SortedMap<String, String> versions() {
    return new TreeMap<>();
  }

  @Override
  public Optional<String> lack() {
    return reachable ? Optional.empty() : Optional.of("down");
  }

  @Override
  public void defineXml(String xml) throws LibvirtFault {
    write(
        "define",
        () -> {
          try {
            DomainXml parsed = DomainXml.parse(xml);
            FakeGuest guest = guests.computeIfAbsent(parsed.name(), name -> new FakeGuest());
            guest.define(xml, parsed);
            guest.persistent = true;
          } catch (DomainXmlException e) {
            throw new LibvirtFault.Refused(String.valueOf(e.getMessage()));
          }
        });
  }

  /** As libvirt does: a guest that runs goes on, and is gone once it stops. */
  @Override
  public void undefine(String name) throws LibvirtFault {
    write(
        "undefine",
        () -> {
          if (guest(name).active) {
            guest(name).persistent = false;
          } else {
            guests.remove(name);
          }
        });
  }

  @Override
  public void setAutostart(String name, boolean autostart) throws LibvirtFault {
    write("autostart", name, guest -> guest.autostart = autostart);
  }

  @Override
  public void setMetadata(String name, String element, String prefix, String namespace)
      throws LibvirtFault {
    write("metadata", name, guest -> guest.mark(element.replaceAll(".*='(.*)'.*", "$1")));
  }

  @Override
  public void create(String name) throws LibvirtFault {
    write("create", name, guest -> guest.setLive(true));
  }

  @Override
  public void shutdown(String name) throws LibvirtFault {
    write("shutdown", () -> stop(name));
  }

  @Override
  public void destroy(String name) throws LibvirtFault {
    write("destroy", () -> stop(name));
  }

  private void stop(String name) throws LibvirtFault {
    FakeGuest guest = guest(name);
    guest.active = false;
    if (!guest.persistent) {
      guests.remove(name);
    }
  }

  @Override
  public void pinVcpu(String name, int vcpu, CpuSet cpus, PinScope scope) throws LibvirtFault {
    write("pin " + vcpu, name, guest -> guest.pin(vcpu, cpus, scope));
  }

  @Override
  public void pinEmulator(String name, CpuSet cpus, PinScope scope) throws LibvirtFault {
    write("pin emulator", name, guest -> guest.pinEmulator(cpus, scope));
  }

  @Override
  public void pinIothread(String name, int iothread, CpuSet cpus, PinScope scope)
      throws LibvirtFault {
    write(
        "pin iothread",
        name,
        guest ->
            (scope == PinScope.LIVE ? guest.liveIothreads : guest.configIothreads)
                .put(iothread, cpus));
  }

  @Override
  public void setNumaNodes(String name, String mode, CpuSet nodes, PinScope scope)
      throws LibvirtFault {
    write(
        "nodes " + scope,
        name,
        guest -> {
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
  public void resizeDisk(String name, String path, long bytes) throws LibvirtFault {
    write(
        "resize",
        () -> {
          try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            file.setLength(bytes);
          } catch (IOException e) {
            throw new LibvirtFault.Refused(String.valueOf(e.getMessage()));
          }
        });
  }

  @Override
  public RunningCall takeSnapshot(String name, String snapshot) throws LibvirtFault {
    write("snapshot", name, guest -> guest.snapshots.put(snapshot, guest.active));
    return DONE;
  }

  @Override
  public RunningCall revertSnapshot(String name, String snapshot) throws LibvirtFault {
    write("revert", name, guest -> guest.setLive(guest.snapshots.get(snapshot)));
    return DONE;
  }

  @Override
  public RunningCall deleteSnapshot(String name, String snapshot) throws LibvirtFault {
    write("delete snapshot", name, guest -> guest.snapshots.remove(snapshot));
    return DONE;
  }

  private static final RunningCall DONE =
      new RunningCall() {
        @Override
        public boolean ended() {
          return true;
        }

        @Override
        public void result() {}
      };

  @Override
  public void setScheduler(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("scheduler " + scope, name, guest -> guest.limits.set("", parameters, scope));
  }

  @Override
  public void setMemoryLimits(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("memory limits " + scope, name, guest -> guest.limits.set("", parameters, scope));
  }

  @Override
  public void setBlkio(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("blkio " + scope, name, guest -> guest.limits.set("", parameters, scope));
  }

  @Override
  public void setMemory(String name, long bytes, PinScope scope) throws LibvirtFault {
    write("memory " + scope, name, guest -> guest.limits.memory(bytes, scope));
  }

  @Override
  public void setBlockIoTune(String name, String disk, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("disk " + scope, name, guest -> guest.limits.set(disk + " ", parameters, scope));
  }

  @Override
  public void setInterface(String name, String device, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    write("nic " + scope, name, guest -> guest.limits.set("nic ", parameters, scope));
  }

  @Override
  public Optional<MigrationJob> migration(String name) {
    return migration.job();
  }

  @Override
  public MigratableXml migratableXml(String name) throws LibvirtFault {
    String xml = guest(name).persistentXml();
    return new MigratableXml(
        xml.replace("</domain>", "<devices>" + migration.liveDevices + "</devices></domain>"), xml);
  }

  @Override
  public int snapshots(String name) {
    return migration.snapshots;
  }

  @Override
  public String stateAndReason(String name) throws LibvirtFault {
    DomainState state = guest(name).state();
    return state == DomainState.RUNNING && migration.startedAgain
        ? STARTED_AGAIN
        : state + " (" + migration.reason + ")";
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
  public void startPostCopy(String name) throws LibvirtFault {
    write("post-copy", () -> guest(name));
  }

  @Override
  public void abortJob(String name) {
    migration.abort();
  }
}
