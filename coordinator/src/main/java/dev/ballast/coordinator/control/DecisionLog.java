package dev.ballast.coordinator.control;

import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.coordinator.store.StoredDecision;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records what was decided, also not to act; the same reason twice in a row is told once. */
final class DecisionLog {
  /** A decision about a host is kept with at most so many of its VMs. */
  static final int VM_LIMIT = 20;

  private static final Logger log = LoggerFactory.getLogger(DecisionLog.class);

  private final ControlStores stores;
  private final EventLog events;
  private final Map<HostName, String> last = new HashMap<>();
  private String lastOfCluster = "";

  DecisionLog(ControlStores stores, EventLog events) {
    this.stores = stores;
    this.events = events;
  }

  /** Nothing is done on the host, for the reason given. */
  void waits(HostName host, CpuAlert alert, Decision decision, boolean again, long nowMillis) {
    String reason = withoutNumbers(decision.reason());
    if (again && reason.equals(last.get(host))) {
      return;
    }
    last.put(host, reason);
    append(decision, nowMillis);
    alert.vms().stream().limit(VM_LIMIT).forEach(vm -> append(about(decision, vm), nowMillis));
    tell(host, decision.reason(), Map.of("kind", decision.kind()));
  }

  /** Nothing is done on the host, which no alert led to. */
  void waits(HostView host, Decision decision, long nowMillis) {
    String reason = withoutNumbers(decision.reason());
    if (!reason.equals(last.put(host.name(), reason))) {
      append(decision, nowMillis);
      concerns(host, List.of(decision), nowMillis);
      tell(host.name(), decision.reason(), Map.of("kind", decision.kind()));
    }
  }

  /** Decisions about a host are kept with those of its VMs that run. */
  void concerns(HostView host, List<Decision> decided, long nowMillis) {
    host.domains().values().stream()
        .filter(domain -> domain.state().isActive())
        .limit(VM_LIMIT)
        .forEach(
            domain ->
                decided.forEach(decision -> append(about(decision, domain.name()), nowMillis)));
  }

  /** Nothing is done about the cluster as a whole, for the reason given. */
  void waits(Decision decision, long nowMillis) {
    String reason = withoutNumbers(decision.reason());
    if (!reason.equals(lastOfCluster)) {
      lastOfCluster = reason;
      append(decision, nowMillis);
      tellOfCluster(decision.reason(), Map.of("kind", decision.kind()));
    }
  }

  /** The balancer rebalances, or recommends it. */
  void rebalances(String text, String planId) {
    lastOfCluster = "";
    tellOfCluster(text, Map.of("kind", "rebalance", "plan", planId));
  }

  private void tellOfCluster(String text, Map<String, String> details) {
    events.append("decision", Optional.empty(), Optional.empty(), text, details);
  }

  /** Something is done on the host, or recommended. */
  void acts(HostName host, List<Decision> decisions, String text, String planId) {
    last.remove(host);
    Map<String, String> details = new TreeMap<>(Map.of("plan", planId));
    decisions.stream().findFirst().ifPresent(first -> details.put("kind", first.kind()));
    tell(
        host,
        text + decisions.stream().findFirst().map(first -> ": " + first.reason()).orElse(""),
        details);
  }

  /** Decisions of a plan that is not executed now; execution records its own. */
  void recommends(List<Decision> decisions, long nowMillis) {
    decisions.forEach(decision -> append(decision, nowMillis));
  }

  private void tell(HostName host, String text, Map<String, String> details) {
    events.append("decision", Optional.of(host), Optional.empty(), text, details);
  }

  private void append(Decision decision, long nowMillis) {
    try {
      stores.decisions().append(new StoredDecision(decision, nowMillis, ""));
    } catch (StoreException e) {
      log.error("a decision is not stored: {}", e.getMessage());
    }
  }

  private static Decision about(Decision decision, VmName vm) {
    return new Decision(
        decision.kind(),
        Optional.of(vm),
        decision.reason(),
        decision.cost(),
        decision.gain(),
        decision.rejected());
  }

  // Times and loads change from sample to sample without the reason being another one.
  private static String withoutNumbers(String text) {
    return text.replaceAll("[0-9]+", "#");
  }
}
