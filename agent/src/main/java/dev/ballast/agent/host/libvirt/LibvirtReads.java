package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.DomainState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.libvirt.Domain;
import org.libvirt.DomainInfo;
import org.libvirt.LibvirtException;
import org.libvirt.MemoryStatistic;

/** {@link Libvirt} on a real connection. */
public final class LibvirtReads implements Libvirt {
  /** So many domains are looked at on one host. */
  public static final int DOMAIN_LIMIT = 10_000;

  private static final int XML_SECURE = 1;
  private static final int XML_INACTIVE = 2;
  private static final int XML_MIGRATABLE = 8;

  /** VIR_DOMAIN_JOB_NONE. */
  private static final int JOB_NONE = 0;

  private static final int CONTROL_INFO_BYTES = 16;

  private static final int MEMORY_STATISTICS_LIMIT = 32;

  /** VIR_DOMAIN_MEMORY_STAT_UNUSED, _ACTUAL_BALLOON and _USABLE. */
  private static final int STAT_UNUSED = 4;

  private static final int STAT_ACTUAL_BALLOON = 6;
  private static final int STAT_USABLE = 8;

  private final LibvirtCalls calls;

  public LibvirtReads(LibvirtCalls calls) {
    this.calls = calls;
  }

  @Override
  public List<DomainRow> domains() throws LibvirtFault {
    return calls.call(
        "list domains",
        connect -> {
          List<DomainRow> rows = new ArrayList<>();
          for (Domain domain : connect.listAllDomains(0)) {
            if (rows.size() < DOMAIN_LIMIT) {
              row(domain).ifPresent(rows::add);
            }
            domain.free();
          }
          return rows;
        });
  }

  @Override
  public Optional<DomainRow> domain(String name) throws LibvirtFault {
    return calls.call(
        "look up domain " + name,
        connect -> {
          Domain domain = LibvirtCalls.lookup(connect, name);
          if (domain == null) {
            return Optional.empty();
          }
          try {
            return row(domain);
          } finally {
            domain.free();
          }
        });
  }

  /** Absent when the domain vanished between the calls. */
  private static Optional<DomainRow> row(Domain domain) throws LibvirtException {
    try {
      DomainInfo info = domain.getInfo();
      boolean persistent = domain.isPersistent() == 1;
      boolean active = domain.isActive() == 1;
      return Optional.of(
          new DomainRow(
              domain.getName(),
              domain.getUUIDString(),
              state(info.state),
              active,
              persistent && domain.getAutostart(),
              persistent && domain.hasManagedSaveImage() == 1,
              info.nrVirtCpu,
              info.maxMem * 1024,
              persistent
                  ? Optional.of(domain.getXMLDesc(XML_SECURE | XML_INACTIVE))
                  : Optional.empty(),
              active ? Optional.of(domain.getXMLDesc(0)) : Optional.empty(),
              Snapshots.of(domain)));
    } catch (LibvirtException e) {
      if (LibvirtCalls.isNoDomain(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** On the domain of that name; absent when there is none. */
  private <T> Optional<T> on(String what, String name, DomainQuestion<T> question)
      throws LibvirtFault {
    return calls.call(
        what,
        connect -> {
          Domain domain = LibvirtCalls.lookup(connect, name);
          if (domain == null) {
            return Optional.empty();
          }
          try {
            return question.ask(domain);
          } finally {
            domain.free();
          }
        });
  }

  @FunctionalInterface
  private interface DomainQuestion<T> {
    Optional<T> ask(Domain domain) throws LibvirtException;
  }

  @Override
  public Optional<MigrationJob> migration(String name) throws LibvirtFault {
    return on(
        "ask for the migration of " + name,
        name,
        domain ->
            domain.isActive() == 1 ? JobNumbers.read(domain.getJobStats(0)) : Optional.empty());
  }

  @Override
  public MigratableXml migratableXml(String name) throws LibvirtFault {
    return on(
            "read the XML of " + name,
            name,
            domain ->
                Optional.of(
                    new MigratableXml(
                        domain.getXMLDesc(XML_SECURE | XML_MIGRATABLE),
                        domain.getXMLDesc(XML_SECURE | XML_INACTIVE | XML_MIGRATABLE))))
        .orElseThrow(() -> new LibvirtFault.Refused("there is no domain " + name));
  }

  @Override
  public int snapshots(String name) throws LibvirtFault {
    return on("count snapshots of " + name, name, domain -> Optional.of(domain.snapshotNum()))
        .orElse(0);
  }

  @Override
  public String stateAndReason(String name) throws LibvirtFault {
    int[] state = new int[1];
    int[] reason = new int[1];
    calls.direct(
        "ask for the state of " + name,
        name,
        domain -> DirectLibvirt.virDomainGetState(domain, state, reason, 0));
    return StateText.of(state[0], reason[0]);
  }

  private static DomainState state(DomainInfo.DomainState state) {
    return switch (state) {
      case VIR_DOMAIN_NOSTATE -> DomainState.UNKNOWN;
      case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED -> DomainState.RUNNING;
      case VIR_DOMAIN_PAUSED -> DomainState.PAUSED;
      case VIR_DOMAIN_SHUTDOWN -> DomainState.SHUTTING_DOWN;
      case VIR_DOMAIN_SHUTOFF -> DomainState.SHUT_OFF;
      case VIR_DOMAIN_CRASHED -> DomainState.CRASHED;
      case VIR_DOMAIN_PMSUSPENDED -> DomainState.SUSPENDED;
    };
  }

  @Override
  public boolean idle(String name) throws LibvirtFault {
    boolean free =
        calls.call(
            "ask for jobs of " + name,
            connect -> {
              Domain domain = LibvirtCalls.lookup(connect, name);
              if (domain == null) {
                return true;
              }
              try {
                return domain.isActive() != 1 || domain.getJobInfo().getType() == JOB_NONE;
              } finally {
                domain.free();
              }
            });
    return free && controlFree(name);
  }

  private boolean controlFree(String name) throws LibvirtFault {
    byte[] info = new byte[CONTROL_INFO_BYTES];
    try {
      calls.direct(
          "ask for the monitor of " + name,
          name,
          domain -> DirectLibvirt.virDomainGetControlInfo(domain, info, 0));
    } catch (LibvirtFault.Refused e) {
      // Not active, or gone meanwhile: nothing holds its monitor.
      return true;
    }
    int state = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt();
    return state == DirectLibvirt.CONTROL_OK;
  }

  @Override
  public Optional<GuestMemory> guestMemory(String name) throws LibvirtFault {
    return calls.call(
        "ask for the memory statistics of " + name,
        connect -> {
          Domain domain = LibvirtCalls.lookup(connect, name);
          if (domain == null) {
            return Optional.empty();
          }
          try {
            return guestMemory(domain.memoryStats(MEMORY_STATISTICS_LIMIT));
          } finally {
            domain.free();
          }
        });
  }

  private static Optional<GuestMemory> guestMemory(MemoryStatistic[] statistics) {
    Map<Integer, Long> kib = new HashMap<>();
    for (MemoryStatistic statistic : statistics) {
      kib.put(statistic.getTag(), statistic.getValue());
    }
    Long balloon = kib.get(STAT_ACTUAL_BALLOON);
    Long free = kib.getOrDefault(STAT_USABLE, kib.get(STAT_UNUSED));
    return balloon == null || free == null
        ? Optional.empty()
        : Optional.of(new GuestMemory(balloon * 1024, free * 1024));
  }

  @Override
  public SortedMap<String, String> versions() throws LibvirtFault {
    return calls.call(
        "ask for versions",
        connect -> {
          SortedMap<String, String> versions = new TreeMap<>();
          versions.put("libvirt", dotted(connect.getLibVersion()));
          versions.put("qemu", dotted(connect.getVersion()));
          return versions;
        });
  }

  private static String dotted(long version) {
    return version / 1_000_000 + "." + version / 1_000 % 1_000 + "." + version % 1_000;
  }

  @Override
  public Optional<String> lack() {
    return calls.connection().lack();
  }
}
