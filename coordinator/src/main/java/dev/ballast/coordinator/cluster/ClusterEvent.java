package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.store.Freeze;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** All that can change the cluster's state. */
public sealed interface ClusterEvent {
  /** What one host's agent did or reported. */
  sealed interface FromHost extends ClusterEvent {
    HostName host();
  }

  /** The agent's stream is up. */
  record AgentConnected(
      HostName host, AgentInfo agent, HostInventory inventory, HostObservation observation)
      implements FromHost {}

  /** The agent's stream is down; its host may run on. */
  record AgentLost(HostName host, String reason) implements FromHost {}

  /** The host's configuration, whole. */
  record ObservationReported(HostName host, HostObservation observation) implements FromHost {}

  /** A load sample; listeners do not hear of it, {@link LoadListener}s do. */
  record TelemetryReported(HostName host, HostLoad load) implements FromHost {}

  /**
   * CPUs have been overloaded for the agent's hold time, or are no longer.
   *
   * @param receivedEpochMillis when it arrived, by the coordinator's clock
   */
  record AlertRaised(HostName host, CpuAlert alert, long receivedEpochMillis) implements FromHost {}

  /** A command ended; listeners hear of it after the outcomes are stored. */
  record OutcomeReported(HostName host, long commandId, long term, List<Outcome> outcomes)
      implements FromHost {
    public OutcomeReported {
      outcomes = List.copyOf(outcomes);
    }
  }

  /** A command is in the agent's journal and will have an outcome. */
  record CommandReceived(HostName host, long commandId) implements FromHost {}

  /** How far a long action is; nothing of it is stored. */
  record ProgressReported(HostName host, CommandProgress progress) implements FromHost {}

  /** The agent's own freeze changed. */
  record FreezeReported(HostName host, boolean hostFrozen, SortedSet<VmName> frozenVms)
      implements FromHost {
    public FreezeReported {
      frozenVms = Collections.unmodifiableSortedSet(new TreeSet<>(frozenVms));
    }
  }

  /**
   * What Ballast is to remember, after an operation reached its target.
   *
   * @param cause the operation's id
   */
  record DesiredChanged(List<DesiredChange> changes, String cause) implements ClusterEvent {
    public DesiredChanged {
      changes = List.copyOf(changes);
    }
  }

  /** An operator set the automation of a host, or of the cluster. */
  record AutomationSet(Optional<HostName> host, Automation automation) implements ClusterEvent {}

  /** An operator froze something, or lifted the freeze. */
  record FreezeSet(Freeze.Scope scope, boolean frozen, String reason) implements ClusterEvent {}

  /** An operator closed a host for VMs that are not there yet, or opened it again. */
  record CordonSet(HostName host, boolean cordoned) implements ClusterEvent {}
}
