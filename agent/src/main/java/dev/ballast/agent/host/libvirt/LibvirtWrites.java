package dev.ballast.agent.host.libvirt;

import com.sun.jna.NativeLong;
import dev.ballast.core.topology.CpuSet;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.DomainSnapshot;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;
import org.libvirt.TypedStringParameter;
import org.libvirt.TypedUlongParameter;

/** {@link LibvirtWriter} on a real connection. */
public final class LibvirtWrites implements LibvirtWriter {
  /** VIR_DOMAIN_UNDEFINE_KEEP_NVRAM: without it a UEFI domain cannot be undefined. */
  private static final int UNDEFINE_KEEP_NVRAM = 8;

  /** VIR_DOMAIN_METADATA_ELEMENT. */
  private static final int METADATA_ELEMENT = 2;

  private static final long MIB = 1 << 20;

  /** virDomainNumatuneMemMode, in its order. */
  private static final List<String> NUMA_MODES =
      List.of("strict", "preferred", "interleave", "restrictive");

  private final LibvirtCalls calls;
  private final MigrationThreads migrations;

  public LibvirtWrites(LibvirtCalls calls, MigrationThreads migrations) {
    this.calls = calls;
    this.migrations = migrations;
  }

  @FunctionalInterface
  private interface DomainUse {
    void apply(Domain domain) throws LibvirtException;
  }

  private void on(String verb, String name, DomainUse use) throws LibvirtFault {
    String what = verb + " " + name;
    calls.call(
        what,
        connect -> {
          Domain domain = connect.domainLookupByName(name);
          try {
            use.apply(domain);
          } finally {
            domain.free();
          }
          return true;
        });
  }

  @Override
  public void defineXml(String xml) throws LibvirtFault {
    calls.call(
        "define domain",
        connect -> {
          @Nullable Domain domain = connect.domainDefineXML(xml);
          if (domain != null) {
            domain.free();
          }
          return true;
        });
  }

  @Override
  public void undefine(String name) throws LibvirtFault {
    on("undefine", name, domain -> domain.undefine(UNDEFINE_KEEP_NVRAM));
  }

  @Override
  public void setAutostart(String name, boolean autostart) throws LibvirtFault {
    on("set autostart of", name, domain -> domain.setAutostart(autostart));
  }

  @Override
  public void setMetadata(String name, String element, String prefix, String namespace)
      throws LibvirtFault {
    on(
        "set metadata of",
        name,
        domain ->
            domain.setMetadata(
                METADATA_ELEMENT, element, prefix, namespace, DirectLibvirt.AFFECT_CONFIG));
  }

  @Override
  public void create(String name) throws LibvirtFault {
    on("start", name, domain -> domain.create());
  }

  @Override
  public void shutdown(String name) throws LibvirtFault {
    on("shut down", name, Domain::shutdown);
  }

  @Override
  public void destroy(String name) throws LibvirtFault {
    on("destroy", name, Domain::destroy);
  }

  @Override
  public void pinVcpu(String name, int vcpu, CpuSet cpus, PinScope scope) throws LibvirtFault {
    byte[] map = cpuMap(cpus);
    calls.direct(
        "pin vcpu" + vcpu + " of " + name + " to " + cpus,
        name,
        domain -> DirectLibvirt.virDomainPinVcpuFlags(domain, vcpu, map, map.length, flags(scope)));
  }

  @Override
  public void pinEmulator(String name, CpuSet cpus, PinScope scope) throws LibvirtFault {
    byte[] map = cpuMap(cpus);
    calls.direct(
        "pin emulator of " + name + " to " + cpus,
        name,
        domain -> DirectLibvirt.virDomainPinEmulator(domain, map, map.length, flags(scope)));
  }

  @Override
  public void pinIothread(String name, int iothread, CpuSet cpus, PinScope scope)
      throws LibvirtFault {
    byte[] map = cpuMap(cpus);
    calls.direct(
        "pin iothread" + iothread + " of " + name + " to " + cpus,
        name,
        domain ->
            DirectLibvirt.virDomainPinIOThread(domain, iothread, map, map.length, flags(scope)));
  }

  @Override
  public void setNumaNodes(String name, String mode, CpuSet nodes, PinScope scope)
      throws LibvirtFault {
    TypedParameters parameters = new TypedParameters();
    if (!mode.isEmpty()) {
      parameters.signed32("numa_mode", NUMA_MODES.indexOf(mode));
    }
    parameters.text("numa_nodeset", nodes.toString());
    byte[] bytes = parameters.bytes();
    try {
      calls.direct(
          "set " + parameters + " of " + name,
          name,
          domain ->
              DirectLibvirt.virDomainSetNumaParameters(
                  domain, bytes, parameters.count(), flags(scope)));
    } finally {
      Reference.reachabilityFence(parameters);
    }
  }

  @Override
  public void setGuestTime(String name) throws LibvirtFault {
    calls.direct(
        "set the guest time of " + name,
        name,
        domain -> {
          // Read last of all: the call waits for nothing but the guest agent.
          Instant now = Instant.now();
          return DirectLibvirt.virDomainSetTime(domain, now.getEpochSecond(), now.getNano(), 0);
        });
  }

  @Override
  public void resizeDisk(String name, String path, long bytes) throws LibvirtFault {
    on(
        "resize " + path + " of",
        name,
        domain -> domain.blockResize(path, bytes, Domain.BlockResizeFlags.BYTES));
  }

  @Override
  public RunningCall takeSnapshot(String name, String snapshot) throws LibvirtFault {
    String xml = "<domainsnapshot><name>" + snapshot + "</name></domainsnapshot>";
    return lasting(
        "take snapshot " + snapshot + " of",
        name,
        domain -> {
          @Nullable DomainSnapshot taken = domain.snapshotCreateXML(xml);
          if (taken != null) {
            var _ = taken.free();
          }
        });
  }

  @Override
  public RunningCall revertSnapshot(String name, String snapshot) throws LibvirtFault {
    return lasting(
        "revert to snapshot " + snapshot,
        name,
        domain -> {
          DomainSnapshot found = domain.snapshotLookupByName(snapshot);
          try {
            var _ = domain.revertToSnapshot(found);
          } finally {
            var _ = found.free();
          }
        });
  }

  @Override
  public RunningCall deleteSnapshot(String name, String snapshot) throws LibvirtFault {
    return lasting(
        "delete snapshot " + snapshot + " of",
        name,
        domain -> {
          DomainSnapshot found = domain.snapshotLookupByName(snapshot);
          try {
            var _ = found.delete(0);
          } finally {
            var _ = found.free();
          }
        });
  }

  /** On a thread of its own: it takes as long as the guest's memory is large. */
  private RunningCall lasting(String verb, String name, DomainUse use) throws LibvirtFault {
    String what = verb + " " + name;
    LibvirtSession session = calls.connection().current();
    return migrations.start(
        what,
        () ->
            session.use(
                what,
                connect -> {
                  Domain domain = connect.domainLookupByName(name);
                  try {
                    use.apply(domain);
                  } finally {
                    domain.free();
                  }
                  return true;
                }));
  }

  @Override
  public void startPostCopy(String name) throws LibvirtFault {
    calls.direct(
        "switch " + name + " to post-copy",
        name,
        domain -> DirectLibvirt.virDomainMigrateStartPostCopy(domain, 0));
  }

  @Override
  public RunningMigration migrate(MigrationRequest request) throws LibvirtFault {
    String what = "migrate " + request.name() + " to " + request.targetUri();
    LibvirtSession session = calls.connection().current();
    return migrations.start(
        what,
        () ->
            session.use(
                what,
                connect -> {
                  Domain domain = connect.domainLookupByName(request.name());
                  try {
                    domain.migrateToURI(
                        request.targetUri(), parameters(request), MigrateFlags.of(request));
                  } finally {
                    domain.free();
                  }
                  return true;
                }));
  }

  private static TypedParameter[] parameters(MigrationRequest request) {
    List<TypedParameter> parameters = new ArrayList<>();
    parameters.add(new TypedStringParameter("destination_xml", request.targetXml()));
    parameters.add(new TypedStringParameter("persistent_xml", request.persistentXml()));
    if (request.bandwidthBytesPerSecond() > 0) {
      long mebibytes = (request.bandwidthBytesPerSecond() - 1) / MIB + 1;
      parameters.add(new TypedUlongParameter("bandwidth", mebibytes));
    }
    return parameters.toArray(TypedParameter[]::new);
  }

  @Override
  public void setMigrationDowntime(String name, long downtimeMillis) throws LibvirtFault {
    on("set the downtime of", name, domain -> domain.migrateSetMaxDowntime(downtimeMillis));
  }

  @Override
  public void abortJob(String name) throws LibvirtFault {
    on("abort the job of", name, Domain::abortJob);
  }

  @Override
  public void setScheduler(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    byte[] bytes = parameters.bytes();
    calls.direct(
        "set " + parameters + " of " + name,
        name,
        domain ->
            DirectLibvirt.virDomainSetSchedulerParametersFlags(
                domain, bytes, parameters.count(), flags(scope)));
  }

  @Override
  public void setMemoryLimits(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    byte[] bytes = parameters.bytes();
    calls.direct(
        "set " + parameters + " of " + name,
        name,
        domain ->
            DirectLibvirt.virDomainSetMemoryParameters(
                domain, bytes, parameters.count(), flags(scope)));
  }

  @Override
  public void setBlkio(String name, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    byte[] bytes = parameters.bytes();
    calls.direct(
        "set blkio " + parameters + " of " + name,
        name,
        domain ->
            DirectLibvirt.virDomainSetBlkioParameters(
                domain, bytes, parameters.count(), flags(scope)));
  }

  @Override
  public void setMemory(String name, long bytes, PinScope scope) throws LibvirtFault {
    NativeLong kib = new NativeLong(bytes / 1024);
    calls.direct(
        "set the balloon of " + name,
        name,
        domain -> DirectLibvirt.virDomainSetMemoryFlags(domain, kib, flags(scope)));
  }

  @Override
  public void setBlockIoTune(String name, String disk, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    byte[] bytes = parameters.bytes();
    calls.direct(
        "set " + parameters + " of disk " + disk + " of " + name,
        name,
        domain ->
            DirectLibvirt.virDomainSetBlockIoTune(
                domain, disk, bytes, parameters.count(), flags(scope)));
  }

  @Override
  public void setInterface(String name, String device, TypedParameters parameters, PinScope scope)
      throws LibvirtFault {
    byte[] bytes = parameters.bytes();
    calls.direct(
        "set " + parameters + " of NIC " + device + " of " + name,
        name,
        domain ->
            DirectLibvirt.virDomainSetInterfaceParameters(
                domain, device, bytes, parameters.count(), flags(scope)));
  }

  private static int flags(PinScope scope) {
    return switch (scope) {
      case CONFIG -> DirectLibvirt.AFFECT_CONFIG;
      case LIVE -> DirectLibvirt.AFFECT_LIVE;
      case BOTH -> DirectLibvirt.AFFECT_CONFIG | DirectLibvirt.AFFECT_LIVE;
    };
  }

  /** libvirt's bitmap: CPU n is bit n % 8 of byte n / 8. */
  static byte[] cpuMap(CpuSet cpus) {
    int last = cpus.stream().max().orElse(0);
    byte[] map = new byte[last / 8 + 1];
    cpus.stream().forEach(cpu -> map[cpu / 8] |= (byte) (1 << cpu % 8));
    return map;
  }
}
