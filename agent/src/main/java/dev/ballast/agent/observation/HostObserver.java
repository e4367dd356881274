package dev.ballast.agent.observation;

import dev.ballast.agent.command.FreezeList;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.VmName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes the host: at once when it is woken (an event of libvirt, the end of a command), and
 * every sweep interval otherwise. Without libvirt the last known domains stay, beside the lack.
 */
public final class HostObserver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HostObserver.class);

  private final HostReader host;
  private final Libvirt libvirt;
  private final FreezeList freeze;
  private final Supplier<SortedMap<Capability, String>> otherLacks;
  private final Facts facts;
  private final Consumer<HostObservation> changed;
  private final Duration sweep;
  private final Object monitor = new Object();
  private long wanted;
  private long done;
  private boolean closed;
  private List<String> leftOut = List.of();
  private volatile HostObservation latest =
      new HostObservation(
          0,
          new TreeMap<>(),
          Optional.empty(),
          new TreeMap<>(),
          new TreeMap<>(),
          false,
          new TreeSet<>());

  /** Reads the facts of the host, with the setups as given. */
  @FunctionalInterface
  public interface Facts {
    HostFacts read(SortedMap<VmName, DomainSetup> setups);
  }

  /**
   * @param otherLacks what the host lacks besides libvirt
   * @param changed told of each observation that differs from the one before
   */
  public HostObserver(
      HostReader host,
      Libvirt libvirt,
      FreezeList freeze,
      Supplier<SortedMap<Capability, String>> otherLacks,
      Facts facts,
      Consumer<HostObservation> changed,
      Duration sweep) {
    this.host = host;
    this.libvirt = libvirt;
    this.freeze = freeze;
    this.otherLacks = otherLacks;
    this.facts = facts;
    this.changed = changed;
    this.sweep = sweep;
  }

  /** Begins, in the background. */
  public void start() {
    Thread.ofPlatform().daemon().name("observer").start(this::observe);
  }

  public HostObservation latest() {
    return latest;
  }

  /** Where the running domains' threads may run, as last observed. */
  public Map<VmName, CpuPins> livePins() {
    Map<VmName, CpuPins> pins = new HashMap<>();
    latest
        .domains()
        .forEach((vm, domain) -> domain.livePins().ifPresent(live -> pins.put(vm, live)));
    return pins;
  }

  /** Asks for an observation soon; returns at once. */
  public void wake() {
    synchronized (monitor) {
      wanted++;
      monitor.notifyAll();
    }
  }

  /** Asks for an observation that begins from now on, and waits for it, but not longer than so. */
  public void refreshWithin(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (monitor) {
      long mine = ++wanted;
      monitor.notifyAll();
      while (done < mine && !closed) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          return;
        }
        try {
          monitor.wait(leftMillis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private void observe() {
    while (true) {
      long serving;
      synchronized (monitor) {
        if (closed) {
          return;
        }
        serving = wanted;
      }
      try {
        look();
      } catch (RuntimeException e) {
        log.error("observing the host failed; trying again", e);
      }
      synchronized (monitor) {
        done = serving;
        monitor.notifyAll();
        if (wanted == serving && !closed) {
          try {
            monitor.wait(sweep.toMillis());
          } catch (InterruptedException e) {
            return;
          }
        }
      }
    }
  }

  private void look() {
    HostObservation before = latest;
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(before.domains());
    SortedMap<Capability, String> lacks = new TreeMap<>(otherLacks.get());
    SortedMap<String, String> versions = new TreeMap<>(before.versions());
    SortedMap<VmName, DomainSetup> setups = before.facts().setups();
    try {
      HostReader.Domains seen = host.domains();
      domains.clear();
      seen.domains().forEach(domain -> domains.put(domain.name(), domain));
      setups = seen.setups();
      tellLeftOut(seen.leftOut());
      if (versions.isEmpty() || before.lacks().containsKey(Capability.LIBVIRT)) {
        versions.putAll(libvirt.versions());
      }
      lacks.remove(Capability.LIBVIRT);
    } catch (LibvirtFault e) {
      lacks.put(Capability.LIBVIRT, String.valueOf(e.getMessage()));
    }
    FreezeList.Frozen frozen = freeze.read();
    Optional<ObservedSwitch> ovs = ovs(before, lacks);
    HostObservation now =
        new HostObservation(
            before.version() + 1,
            domains,
            ksm(),
            lacks,
            versions,
            frozen.host().isPresent(),
            frozen.vmNames(),
            facts.read(setups),
            ovs,
            host.machine().read());
    if (!same(before, now)) {
      latest = now;
      changed.accept(now);
    }
  }

  private Optional<KsmSettings> ksm() {
    return host.ksm() instanceof ObjectState.KsmPresent(KsmSettings settings)
        ? Optional.of(settings)
        : Optional.empty();
  }

  /** Without an answer the last known bridges stay, beside the lack. */
  private Optional<ObservedSwitch> ovs(
      HostObservation before, SortedMap<Capability, String> lacks) {
    ObjectState state = host.switches().observe();
    if (state instanceof ObjectState.SwitchPresent present) {
      lacks.remove(Capability.OPEN_VSWITCH);
      return Optional.of(present.observed());
    }
    if (state instanceof ObjectState.NoSwitch(String reason)) {
      lacks.put(Capability.OPEN_VSWITCH, reason);
    }
    return before.ovs();
  }

  private void tellLeftOut(List<String> now) {
    if (!now.equals(leftOut)) {
      now.forEach(reason -> log.warn("not managed: {}", reason));
      leftOut = now;
    }
  }

  private static boolean same(HostObservation a, HostObservation b) {
    return a.version() > 0
        && a.domains().equals(b.domains())
        && a.ksm().equals(b.ksm())
        && a.lacks().equals(b.lacks())
        && a.versions().equals(b.versions())
        && a.frozen() == b.frozen()
        && a.ovs().equals(b.ovs())
        && a.settings().equals(b.settings())
        && a.frozenVms().equals(b.frozenVms())
        && a.facts().equals(b.facts());
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
  }
}
