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
import dev.ballast.coordinator.store.Freeze.Scope;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes what happens to hosts into the event log; operations and decisions tell of themselves. */
public final class EventNarrator implements ClusterListener {
  private static final Optional<VmName> NO_VM = Optional.empty();

  private final EventLog log;

  public EventNarrator(EventLog log) {
    this.log = log;
  }

  @Override
  public void onEvent(Snapshot snapshot, ClusterEvent event) {
    switch (event) {
      case AgentConnected connected -> tell(connected);
      case AgentLost lost -> tell("host-lost", lost.host(), lost.reason(), Map.of());
      case AlertRaised raised -> tell(raised);
      case FreezeReported reported -> tell(reported);
      case FreezeSet set -> tell(set);
      case ClusterEvent.CordonSet(HostName host, boolean cordoned) ->
          tell(
              "cordon",
              host,
              cordoned ? "cordoned: no VM comes to it" : "uncordoned: VMs may come to it",
              Map.of());
      case AutomationSet set ->
          log.append(
              "automation",
              set.host(),
              NO_VM,
              "automation is " + set.automation().name().toLowerCase(Locale.ROOT) + " now",
              Map.of());
      // Told by those who caused them, or of no interest by themselves.
      case ObservationReported ignored -> {}
      case OutcomeReported ignored -> {}
      case CommandReceived ignored -> {}
      case DesiredChanged ignored -> {}
      case TelemetryReported ignored -> {}
      case ClusterEvent.ProgressReported ignored -> {}
    }
  }

  private void tell(String kind, HostName host, String text, Map<String, String> details) {
    log.append(kind, Optional.of(host), NO_VM, text, details);
  }

  private void tell(AgentConnected event) {
    AgentInfo agent = event.agent();
    String text =
        "agent "
            + agent.agentVersion()
            + (agent.observeOnly() ? ", observe-only" : "")
            + ", "
            + event.observation().domains().size()
            + " domains"
            + event.observation().lacks().entrySet().stream()
                .map(lack -> ", lacks " + lack.getKey() + ": " + lack.getValue())
                .reduce("", String::concat);
    tell(
        "host-connected",
        event.host(),
        text,
        Map.of(
            "bootId", agent.bootId(),
            "contractVersion", Integer.toString(agent.contractVersion())));
  }

  private void tell(AlertRaised event) {
    CpuAlert alert = event.alert();
    String text =
        switch (alert.kind()) {
          case HOT_CPUS ->
              "CPUs "
                  + alert.cpus()
                  + " are overloaded: "
                  + percent(alert.loadMillis())
                  + ", threshold "
                  + percent(alert.thresholdMillis());
          case HOT_HOST ->
              "the host is overloaded: "
                  + percent(alert.loadMillis())
                  + ", threshold "
                  + percent(alert.thresholdMillis());
          case CLEARED -> "no CPUs are overloaded any more";
        };
    tell(
        "alert",
        event.host(),
        text,
        Map.of(
            "sinceEpochMillis", Long.toString(alert.sinceEpochMillis()),
            "sampleEpochMillis", Long.toString(alert.epochMillis()),
            "receivedEpochMillis", Long.toString(event.receivedEpochMillis())));
  }

  private static String percent(long millis) {
    return millis / 10 + " %";
  }

  private void tell(FreezeReported event) {
    String vms = event.frozenVms().isEmpty() ? "no VM" : "VMs " + event.frozenVms();
    tell(
        "freeze",
        event.host(),
        (event.hostFrozen() ? "frozen on the host itself" : "not frozen on the host itself")
            + "; frozen there: "
            + vms,
        Map.of());
  }

  private void tell(FreezeSet event) {
    String text =
        (event.frozen() ? "frozen by an operator" : "freeze lifted by an operator")
            + (event.reason().isEmpty() ? "" : ": " + event.reason());
    switch (event.scope()) {
      case Scope.Cluster() ->
          log.append("freeze", Optional.empty(), NO_VM, "the whole cluster: " + text, Map.of());
      case Scope.Host(HostName host) -> tell("freeze", host, text, Map.of());
      case Scope.Vm(VmName vm) ->
          log.append("freeze", Optional.empty(), Optional.of(vm), text, Map.of());
    }
  }
}
