package dev.ballast.coordinator.control;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterListener;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.LoadListener;
import dev.ballast.coordinator.cluster.RecentDemand;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.execution.TaskLoop;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.balance.Relief;
import dev.ballast.core.balance.ReliefDecision;
import dev.ballast.core.balance.ReliefDecision.Act;
import dev.ballast.core.balance.ReliefDecision.Migrate;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.balance.ReliefHistory;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about each hot spot, checks the plan with code of its own, stores it, and executes it or
 * recommends it, as automation allows. Whatever it decides is recorded, also not to act.
 */
public final class ControlLoop implements ClusterListener, LoadListener {
  /** At most so many hosts are looked at in one sweep; the others follow with the next ones. */
  public static final int SWEEP_HOST_LIMIT = 1_000;

  // What an operation changed is heard of about when it ends, so a few would do.
  private static final int OWN_OPERATION_LIMIT = 1_000;

  private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);

  /** A hot host and when its alert came. */
  private record Hot(CpuAlert alert, long receivedMillis) {}

  private final Cluster cluster;
  private final ControlStores stores;
  private final EventLog events;
  private final PlanRunner runner;
  private final Relief relief;
  private final TaskLoop loop;
  private final ControlSettings settings;
  private final DecisionLog decisions;
  private final Recommendations recommendations;
  private final Failures failures;
  private final Map<HostName, Hot> hot = new HashMap<>();
  private final Set<HostName> executing = new HashSet<>();
  private final ArrayDeque<String> ownOperations = new ArrayDeque<>();
  private final Map<HostName, Spike> spikes = new ConcurrentHashMap<>();
  private ReliefHistory history = ReliefHistory.EMPTY;

  public ControlLoop(
      Cluster cluster,
      ControlStores stores,
      EventLog events,
      PlanRunner runner,
      Relief relief,
      TaskLoop loop,
      ControlSettings settings) {
    this.cluster = cluster;
    this.stores = stores;
    this.events = events;
    this.runner = runner;
    this.relief = relief;
    this.loop = loop;
    this.settings = settings;
    this.decisions = new DecisionLog(stores, events);
    this.recommendations = new Recommendations(stores);
    this.failures = new Failures(settings.failureLimit(), settings.failureWindowMillis());
  }

  /** Whether a host is relieved just now; like all below to be asked on the loop. */
  boolean isBusy() {
    return !executing.isEmpty();
  }

  Set<HostName> hotHosts() {
    return Set.copyOf(hot.keySet());
  }

  ReliefHistory history() {
    return history;
  }

  /** Takes in what the balancer moved otherwise. */
  void remember(UnaryOperator<ReliefHistory> change) {
    history = change.apply(history);
  }

  /** An operation of the balancer: what it changes is no operator's decision. */
  void own(String operation) {
    ownOperations.addLast(operation);
    if (ownOperations.size() > OWN_OPERATION_LIMIT) {
      ownOperations.removeFirst();
    }
  }

  /** Begins to sweep. */
  public void start() {
    loop.after(settings.sweepMillis(), this::sweepAndGoOn);
  }

  private void sweepAndGoOn() {
    try {
      sweep();
    } finally {
      loop.after(settings.sweepMillis(), this::sweepAndGoOn);
    }
  }

  @Override
  public void onEvent(Snapshot snapshot, ClusterEvent event) {
    switch (event) {
      case AlertRaised raised -> loop.execute(() -> alert(raised));
      case DesiredChanged changed -> loop.execute(() -> forgetRest(changed));
      case AutomationSet ignored -> loop.execute(this::sweep);
      case ClusterEvent.FreezeSet ignored -> loop.execute(this::sweep);
      case ClusterEvent.AgentLost lost -> loop.execute(() -> hot.remove(lost.host()));
      case ClusterEvent.CordonSet ignored -> {}
      case ClusterEvent.AgentConnected ignored -> {}
      case ClusterEvent.ObservationReported ignored -> {}
      case ClusterEvent.TelemetryReported ignored -> {}
      case ClusterEvent.ProgressReported ignored -> {}
      case ClusterEvent.OutcomeReported ignored -> {}
      case ClusterEvent.CommandReceived ignored -> {}
      case ClusterEvent.FreezeReported ignored -> {}
    }
  }

  @Override
  public void onLoad(HostName host, HostLoad load) {
    if (spikes.containsKey(host)) {
      loop.execute(() -> look(host, load));
    }
  }

  private void alert(AlertRaised raised) {
    HostName host = raised.host();
    if (raised.alert().kind() == CpuAlert.Kind.CLEARED) {
      if (!isCrowded(cluster.snapshot().hosts().get(host))) {
        hot.remove(host);
      }
      recommendations.withdraw(host.value());
      relieved(host, raised.alert().epochMillis());
      return;
    }
    hot.put(host, new Hot(raised.alert(), raised.receivedEpochMillis()));
    decide(host, false);
  }

  /** Looks again at hosts that are hot, and for such whose alert never came. */
  private void sweep() {
    Snapshot snapshot = cluster.snapshot();
    int looked = 0;
    for (HostView host : snapshot.hosts().values()) {
      if (!host.connected() || executing.contains(host.name())) {
        continue;
      }
      if (++looked > SWEEP_HOST_LIMIT) {
        return;
      }
      Hot known = hot.get(host.name());
      if (known != null && Spike.isCalm(known.alert(), host.load()) && !isCrowded(host)) {
        hot.remove(host.name());
      } else if (known == null) {
        HotCpus.of(host, settings.relief().targetMillis())
            .ifPresent(alert -> hot.put(host.name(), new Hot(alert, loop.epochMillis())));
      } else {
        decide(host.name(), true);
      }
    }
  }

  /**
   * Whether the VMs of the host want more than it may give. Its CPUs need not look busy then: a
   * capacity below that of its CPUs holds the VMs back.
   */
  private boolean isCrowded(@Nullable HostView host) {
    if (host == null) {
      return false;
    }
    long wanted =
        host.load().vms().stream()
            .mapToLong(load -> load.usageMillis() + load.contentionMillis())
            .sum();
    return wanted * 100
        > host.inventory().cpuCapacityMillis() * settings.relief().migration().hostPercent();
  }

  private void decide(HostName host, boolean again) {
    Hot known = hot.get(host);
    Optional<String> problem = stores.database().database().problem();
    if (known == null || executing.contains(host)) {
      return;
    }
    if (problem.isPresent()) {
      log.error("nothing is decided about {}: {}", host, problem.get());
      return;
    }
    Snapshot snapshot = cluster.snapshot();
    long now = loop.epochMillis();
    ReliefDecision decision =
        relief.decide(
            snapshot,
            host,
            known.alert(),
            demand(snapshot.hosts().get(host)),
            settings.relief(),
            history,
            now);
    try {
      switch (decision) {
        case Wait waits -> {
          history = waits.history();
          decisions.waits(host, known.alert(), waits.decision(), again, now);
        }
        case Act act -> carryOut(snapshot, host, known, act, again);
      }
    } catch (StoreException e) {
      log.error("what was decided about {} is not stored: {}", host, e.getMessage());
    }
  }

  private SortedMap<VmName, VmDemand> demand(@Nullable HostView host) {
    return host == null
        ? new TreeMap<>()
        : RecentDemand.of(host, cluster.history(), settings.demand());
  }

  private void carryOut(Snapshot snapshot, HostName host, Hot known, Act act, boolean again) {
    List<Violation> violations = PlanChecker.check(snapshot, act.plan());
    long now = loop.epochMillis();
    if (!violations.isEmpty()) {
      decisions.waits(
          host, known.alert(), refusal(host, "its check found " + violations), again, now);
    } else if (act.recommended()) {
      recommend(host, act.plan(), now);
    } else {
      execute(host, known, act);
    }
  }

  private static Decision refusal(HostName host, String reason) {
    return new Decision(
        "wait",
        Optional.empty(),
        "nothing is moved on " + host + ": a plan was made but is not carried out: " + reason,
        "none",
        "none",
        List.of());
  }

  private void recommend(HostName host, Plan plan, long now) {
    recommendations
        .put(host.value(), plan, now)
        .ifPresent(
            id -> {
              decisions.recommends(plan.decisions(), now);
              decisions.acts(
                  host,
                  plan.decisions(),
                  "recommended: " + plan.title() + "; do it with: ballast apply " + id + " --run",
                  id);
            });
  }

  private void execute(HostName host, Hot known, Act act) {
    recommendations.withdraw(host.value());
    String planId = stores.plans().add(act.plan(), PlanState.PLANNED, loop.epochMillis());
    long storedMillis = loop.epochMillis();
    executing.add(host);
    if (act instanceof Migrate migrate) {
      history = history.begun(host, migrate.target());
    }
    decisions.acts(host, act.plan().decisions(), planId + ": " + act.plan().title(), planId);
    CompletableFuture<Void> _ =
        runner
            .start(
                planId,
                false,
                progress -> {
                  if (progress.state().isEnded()) {
                    long outcomeMillis = loop.epochMillis();
                    loop.execute(
                        () ->
                            ended(host, known, act, planId, storedMillis, outcomeMillis, progress));
                  }
                })
            .handle(
                (operation, refused) -> {
                  loop.execute(() -> started(host, known, act, operation, refused));
                  return null;
                });
  }

  private void started(
      HostName host, Hot known, Act act, @Nullable String operation, @Nullable Throwable refused) {
    if (refused != null) {
      over(host, act);
      decisions.waits(
          host,
          known.alert(),
          refusal(host, String.valueOf(refused.getMessage())),
          true,
          loop.epochMillis());
    } else if (operation != null) {
      own(operation);
    }
  }

  private void ended(
      HostName host,
      Hot known,
      Act act,
      String planId,
      long storedMillis,
      long outcomeMillis,
      Progress end) {
    over(host, act);
    // A migration that failed makes both hosts rest as one that succeeded.
    if (end.state() == OperationState.APPLIED || act instanceof Migrate) {
      history = history.merged(act.history());
    }
    if (end.state() == OperationState.APPLIED) {
      spikes.put(
          host,
          new Spike(
              known.alert(),
              known.receivedMillis(),
              storedMillis,
              outcomeMillis,
              planId,
              end.operationId()));
      return;
    }
    if (failures.add(host, loop.epochMillis())) {
      dropToRecommend(host);
    }
  }

  private void over(HostName host, Act act) {
    executing.remove(host);
    if (act instanceof Migrate migrate) {
      history = history.ended(host, migrate.target());
    }
  }

  private void dropToRecommend(HostName host) {
    HostView view = cluster.snapshot().hosts().get(host);
    if (view == null || view.automation() != Automation.AUTO) {
      return;
    }
    events.append(
        "automation",
        Optional.of(host),
        Optional.empty(),
        settings.failureLimit()
            + " operations failed within "
            + settings.failureWindowMillis() / 60_000
            + " minutes: automation of host "
            + host
            + " drops from auto to recommend; look at 'ballast operations', then set it again",
        Map.of());
    CompletableFuture<Snapshot> _ =
        cluster.submit(new AutomationSet(Optional.of(host), Automation.RECOMMEND));
  }

  /** What an operator decided anew about a VM ends its rest and that of its host. */
  private void forgetRest(DesiredChanged changed) {
    if (ownOperations.contains(changed.cause())) {
      return;
    }
    Set<HostName> hosts = new HashSet<>();
    Set<VmName> vms = new HashSet<>();
    for (DesiredChange change : changed.changes()) {
      if (change instanceof DesiredChange.PutAssignment(var assignment)) {
        hosts.add(assignment.host());
        vms.add(assignment.vm());
      }
    }
    history = history.without(hosts, vms);
  }

  private void look(HostName host, HostLoad load) {
    Spike spike = spikes.get(host);
    if (spike != null && Spike.isCalm(spike.alert(), load)) {
      relieved(host, load.epochMillis());
    }
  }

  private void relieved(HostName host, long calmMillis) {
    Spike spike = spikes.remove(host);
    if (spike != null) {
      events.append(
          "spike-relieved",
          Optional.of(host),
          Optional.empty(),
          "CPUs "
              + spike.alert().cpus()
              + " are calm again "
              + (calmMillis - spike.alert().sinceEpochMillis())
              + " ms after the first sample above the threshold",
          spike.operationId(),
          spike.details(calmMillis));
    }
  }
}
