package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.Freeze;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.coordinator.store.StoredHost;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import java.time.Clock;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies one event to store and model. What was decided is stored first and counts only then; what
 * was merely seen counts even when the store cannot take it.
 */
final class ClusterWriter {
  private static final Logger log = LoggerFactory.getLogger(ClusterWriter.class);

  private final ClusterStores stores;
  private final ClusterModel model;
  private final Clock clock;

  ClusterWriter(ClusterStores stores, ClusterModel model, Clock clock) {
    this.stores = stores;
    this.model = model;
    this.clock = clock;
  }

  /**
   * Says whether the snapshot changes.
   *
   * @throws StoreException when the event needs the store and the store failed; nothing changed
   */
  boolean apply(ClusterEvent event) {
    return switch (event) {
      case AgentConnected connected -> connect(connected);
      case AgentLost lost -> lose(lost.host());
      case ObservationReported reported -> observe(reported.host(), reported.observation());
      case FreezeReported reported -> freezeReported(reported);
      case OutcomeReported reported -> storeOutcome(reported);
      case CommandReceived received -> storeReceipt(received);
      case DesiredChanged changed -> change(changed);
      case AutomationSet set -> setAutomation(set);
      case FreezeSet set -> setFreeze(set);
      case ClusterEvent.CordonSet(HostName host, boolean cordoned) -> setCordon(host, cordoned);
      case AlertRaised ignored -> false;
      case TelemetryReported ignored -> false;
      case ClusterEvent.ProgressReported ignored -> false;
    };
  }

  private boolean connect(AgentConnected event) {
    StoredHost host = model.connecting(event, clock.millis());
    stores.hosts().put(host);
    stores.commands().raiseSequence(event.host(), event.agent().lastCommandId());
    model.put(withInventoryOf(host, host.observation()));
    model.setConnected(event.host(), true);
    return true;
  }

  private boolean lose(HostName host) {
    model.setConnected(host, false);
    model.host(host).ifPresent(stored -> putIfPossible(seenNow(stored, stored.observation())));
    return true;
  }

  private boolean observe(HostName host, HostObservation observation) {
    Optional<StoredHost> known = model.host(host);
    if (known.isEmpty()) {
      return false;
    }
    StoredHost updated = withInventoryOf(seenNow(known.get(), observation), observation);
    boolean changed =
        !sameContent(known.get().observation(), observation)
            || !known.get().inventory().equals(updated.inventory());
    model.put(updated);
    if (changed) {
      putIfPossible(updated);
    }
    return changed;
  }

  private boolean freezeReported(FreezeReported event) {
    return model
        .host(event.host())
        .map(
            host -> {
              HostObservation old = host.observation();
              return observe(
                  event.host(),
                  new HostObservation(
                      old.version(),
                      old.domains(),
                      old.ksm(),
                      old.lacks(),
                      old.versions(),
                      event.hostFrozen(),
                      event.frozenVms(),
                      old.facts(),
                      old.ovs(),
                      old.settings()));
            })
        .orElse(false);
  }

  private boolean storeOutcome(OutcomeReported event) {
    if (!stores.commands().setOutcomes(event.host(), event.commandId(), event.outcomes())) {
      log.warn(
          "{} reports the outcome of command {}, which this store never gave out: {}",
          event.host(),
          event.commandId(),
          event.outcomes());
    }
    return false;
  }

  private boolean storeReceipt(CommandReceived event) {
    ifPossible(() -> stores.commands().setReceived(event.host(), event.commandId()));
    return false;
  }

  private boolean change(DesiredChanged event) {
    stores.desired().apply(event.changes());
    event.changes().forEach(model::apply);
    return !event.changes().isEmpty();
  }

  private boolean setAutomation(AutomationSet event) {
    if (event.host().isEmpty()) {
      stores.cluster().setAutomation(event.automation());
      model.setAutomation(event.automation());
      return true;
    }
    HostName name = event.host().get();
    StoredHost host =
        model
            .host(name)
            .orElseThrow(() -> new IllegalArgumentException("there is no host '" + name + "'"));
    StoredHost updated =
        new StoredHost(
            name,
            host.inventory(),
            host.observation(),
            event.automation(),
            host.observeOnly(),
            host.bootId(),
            host.agentVersion(),
            host.seenEpochMillis());
    stores.hosts().put(updated);
    model.put(updated);
    return true;
  }

  private boolean setCordon(HostName host, boolean cordoned) {
    if (cordoned) {
      stores.cordons().put(host, clock.millis());
    } else {
      stores.cordons().remove(host);
    }
    model.setCordoned(host, cordoned);
    return true;
  }

  private boolean setFreeze(FreezeSet event) {
    if (event.frozen()) {
      Freeze freeze = new Freeze(event.scope(), event.reason(), clock.millis());
      stores.freezes().put(freeze);
      model.freeze(freeze);
    } else {
      stores.freezes().remove(event.scope());
      model.unfreeze(event.scope());
    }
    return true;
  }

  private static boolean sameContent(HostObservation a, HostObservation b) {
    return a.domains().equals(b.domains())
        && a.ovs().equals(b.ovs())
        && a.ksm().equals(b.ksm())
        && a.lacks().equals(b.lacks())
        && a.frozen() == b.frozen()
        && a.frozenVms().equals(b.frozenVms())
        && a.facts().equals(b.facts())
        && a.settings().equals(b.settings());
  }

  private StoredHost seenNow(StoredHost host, HostObservation observation) {
    return new StoredHost(
        host.name(),
        host.inventory(),
        observation,
        host.automation(),
        host.observeOnly(),
        host.bootId(),
        host.agentVersion(),
        clock.millis());
  }

  // libvirt may come and go after the agent's hello: what it lacks and which versions it has are
  // what the newest observation says.
  private static StoredHost withInventoryOf(StoredHost host, HostObservation observation) {
    HostInventory old = host.inventory();
    SortedMap<String, String> versions = new TreeMap<>(old.versions());
    versions.putAll(observation.versions());
    HostInventory inventory =
        new HostInventory(
            old.topology(),
            old.cpuModel(),
            old.cpuFlags(),
            old.memoryBytes(),
            old.cpuCapacityMillis(),
            old.cgroupVersion(),
            old.cgroupControllers(),
            versions,
            observation.lacks(),
            old.migrationUri(),
            old.traits(),
            old.devices());
    return new StoredHost(
        host.name(),
        inventory,
        observation,
        host.automation(),
        host.observeOnly(),
        host.bootId(),
        host.agentVersion(),
        host.seenEpochMillis());
  }

  private void putIfPossible(StoredHost host) {
    ifPossible(() -> stores.hosts().put(host));
  }

  private static void ifPossible(Runnable write) {
    try {
      write.run();
    } catch (StoreException e) {
      log.error("what was observed is not stored: {}", e.getMessage());
    }
  }
}
