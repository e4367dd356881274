package dev.ballast.agent.practice;

import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.libvirt.LibvirtCalls;
import dev.ballast.agent.host.libvirt.LibvirtConnection;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.LibvirtReads;
import dev.ballast.agent.host.libvirt.NativeCalls;
import dev.ballast.agent.inventory.InventoryReader;
import dev.ballast.agent.inventory.LivePinsReader;
import dev.ballast.agent.inventory.OnlineCpus;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** This host as a cluster of its own, read once. */
public final class LocalHost {
  /** How long libvirt may take to answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final int ATTEMPT_LOOKS = 100;

  private LocalHost() {}

  /**
   * Reads the host.
   *
   * @throws IOException saying why libvirt cannot be used
   */
  public static Snapshot read(KernelFiles files, String libvirtUri)
      throws IOException, InterruptedException {
    Semaphore changed = new Semaphore(0);
    try (NativeCalls threads = new NativeCalls(TIMEOUT);
        LibvirtConnection connection = new LibvirtConnection(libvirtUri, changed::release)) {
      connection.start();
      Optional<String> lack = awaitAttempt(connection, changed);
      if (lack.isPresent()) {
        throw new IOException("libvirt at " + libvirtUri + ": " + lack.get());
      }
      LivePinsReader livePins = new LivePinsReader(files);
      HostReader reader =
          new HostReader(
              new LibvirtReads(new LibvirtCalls(connection, threads)),
              (vm, vcpus) -> livePins.read(vm),
              new KsmFiles(files),
              new OnlineCpus(files));
      return snapshot(files, reader);
    } catch (LibvirtFault e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The lack after the first attempt to connect, or when the time is over. */
  private static Optional<String> awaitAttempt(LibvirtConnection connection, Semaphore changed)
      throws InterruptedException {
    for (int i = 0; i < ATTEMPT_LOOKS; i++) {
      boolean told = changed.tryAcquire(TIMEOUT.toMillis() / ATTEMPT_LOOKS, TimeUnit.MILLISECONDS);
      Optional<String> lack = connection.lack();
      if (told || !lack.equals(Optional.of(LibvirtConnection.NOT_YET))) {
        return lack;
      }
    }
    return connection.lack();
  }

  private static Snapshot snapshot(KernelFiles files, HostReader reader) throws LibvirtFault {
    HostReader.Domains seen = reader.domains();
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>();
    seen.domains().forEach(domain -> domains.put(domain.name(), domain));
    InventoryReader.Software unknown =
        new InventoryReader.Software(
            Optional::empty, Optional::empty, Optional::empty, Optional::empty);
    HostName name = name(files);
    HostView view =
        new HostView(
                name,
                true,
                1,
                new InventoryReader(
                        files,
                        Optional.empty(),
                        Optional.empty(),
                        HostTraits.NONE,
                        new TreeMap<>(),
                        unknown)
                    .read(),
                ksm(reader),
                domains,
                HostLoad.NONE,
                Automation.OFF,
                false,
                false)
            .withFacts(
                new FactsReader(new TimeSync(files), new OwnersReader(files), System::nanoTime)
                    .read(seen.setups()));
    return new Snapshot(
        1,
        "",
        Automation.OFF,
        false,
        new TreeMap<>(Map.of(name, view)),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  private static Optional<KsmSettings> ksm(HostReader reader) {
    return reader.ksm() instanceof ObjectState.KsmPresent(KsmSettings settings)
        ? Optional.of(settings)
        : Optional.empty();
  }

  /** The kernel's name of the host, without its domain. */
  private static HostName name(KernelFiles files) {
    String text = files.read("/proc/sys/kernel/hostname").orElse("").strip();
    String first = text.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
    try {
      return new HostName(first);
    } catch (IllegalArgumentException e) {
      return new HostName("localhost");
    }
  }
}
