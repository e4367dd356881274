package dev.ballast.coordinator.control;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.RecentDemand;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.execution.TaskLoop;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.balance.ReliefHistory;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.planning.Bounds;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.planning.RebalancePlanner;
import dev.ballast.core.planning.RebalancePlanner.Question;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebalances by itself: every interval it looks, and what {@value #LOOKS} looks in a row find worth
 * moving is carried out or recommended, as automation allows. Never while an operation runs, or it
 * rests after its last one; hot hosts, and VMs and hosts that rest after a move, stay out of it.
 * Whatever it decides is recorded.
 */
public final class Rebalancer {
  /** So many looks in a row must find something worth moving. */
  static final int LOOKS = 2;

  /** Where its recommendation waits; no host has that name. */
  private static final String TOPIC = "";

  private static final Logger log = LoggerFactory.getLogger(Rebalancer.class);

  private final Cluster cluster;
  private final ControlStores stores;
  private final PlanRunner runner;
  private final BooleanSupplier idle;
  private final ControlLoop control;
  private final TaskLoop loop;
  private final RebalanceSettings settings;
  private final DecisionLog decisions;
  private final Recommendations recommendations;
  private int found;
  private boolean executing;
  private long restsUntilMillis;

  /**
   * A rebalancer that does nothing before {@link #start}.
   *
   * @param idle whether no operation runs
   * @param control shares its loop, and what moved when
   */
  public Rebalancer(
      Cluster cluster,
      ControlStores stores,
      EventLog events,
      PlanRunner runner,
      BooleanSupplier idle,
      ControlLoop control,
      TaskLoop loop,
      RebalanceSettings settings) {
    this.cluster = cluster;
    this.stores = stores;
    this.runner = runner;
    this.idle = idle;
    this.control = control;
    this.loop = loop;
    this.settings = settings;
    this.decisions = new DecisionLog(stores, events);
    this.recommendations = new Recommendations(stores);
  }

  /** Begins to look, unless the schedule says never. */
  public void start() {
    if (settings.schedule().automation() != Automation.OFF) {
      loop.after(settings.schedule().intervalMillis(), this::lookAndGoOn);
    }
  }

  private void lookAndGoOn() {
    try {
      look();
    } catch (StoreException e) {
      log.error("what was decided about rebalancing is not stored: {}", e.getMessage());
    } finally {
      loop.after(settings.schedule().intervalMillis(), this::lookAndGoOn);
    }
  }

  private void look() {
    Snapshot snapshot = cluster.snapshot();
    Automation level = settings.schedule().automation().and(snapshot.automation());
    String obstacle = obstacle(snapshot, level);
    if (!obstacle.isEmpty()) {
      found = 0;
      waits("nothing is rebalanced: " + obstacle);
      return;
    }
    switch (new RebalancePlanner().plan(question(snapshot, level))) {
      case PlanResult.Impossible(var problems) -> waits("nothing is rebalanced: " + problems);
      case PlanResult.Planned(Plan plan) -> planned(snapshot, plan, level);
    }
  }

  private String obstacle(Snapshot snapshot, Automation level) {
    long rest = restsUntilMillis - loop.epochMillis();
    if (level == Automation.OFF) {
      return "automation of the cluster is off";
    } else if (snapshot.frozen()) {
      return "the cluster is frozen";
    } else if (stores.database().database().problem().isPresent()) {
      return "the store cannot be written";
    } else if (control.isBusy()) {
      return "a hot host is relieved just now";
    } else if (executing || !idle.getAsBoolean()) {
      return "an operation runs";
    }
    return rest > 0 ? "the last rebalancing rests for " + rest / 1000 + " s more" : "";
  }

  private Question question(Snapshot snapshot, Automation level) {
    return new Question(
        snapshot,
        RecentDemand.of(snapshot, cluster.history(), settings.demand()),
        settings.relief().migration().limits(),
        settings.planning().placement(),
        settings.planning().rebalance(),
        bounds(snapshot, level),
        Origin.BALANCER);
  }

  /** What rests, and whose automation allows less. */
  private Bounds bounds(Snapshot snapshot, Automation level) {
    long now = loop.epochMillis();
    SortedMap<VmName, String> vms = new TreeMap<>();
    SortedMap<HostName, String> hosts = new TreeMap<>();
    for (VmSpec spec : snapshot.specs().values()) {
      if (spec.automation().compareTo(level) < 0) {
        vms.put(spec.name(), "has automation " + word(spec.automation()));
      }
    }
    for (HostView view : snapshot.hosts().values()) {
      if (view.automation().compareTo(level) < 0) {
        hosts.put(view.name(), "has automation " + word(view.automation()));
      } else if (view.connected() && view.load().epochMillis() == 0) {
        hosts.put(view.name(), "has sent no telemetry yet");
      }
    }
    control.hotHosts().forEach(host -> hosts.put(host, "is hot, and relief sees to it"));
    ReliefHistory history = control.history();
    history.restingVms(now).forEach((vm, rest) -> vms.put(vm, rests(rest)));
    history
        .restingHosts(settings.relief().migration(), now)
        .forEach((host, rest) -> hosts.put(host, rests(rest)));
    return new Bounds(vms, hosts);
  }

  private static String word(Automation automation) {
    return automation.name().toLowerCase(Locale.ROOT);
  }

  private static String rests(long millis) {
    return "rests for " + millis / 1000 + " s more after its last move";
  }

  private void planned(Snapshot snapshot, Plan plan, Automation level) {
    if (plan.isEmpty()) {
      found = 0;
      recommendations.withdraw(TOPIC);
      waits(plan.decisions().stream().findFirst().map(Decision::reason).orElse("nothing to gain"));
      return;
    }
    List<Violation> violations = PlanChecker.check(snapshot, plan);
    if (!violations.isEmpty()) {
      waits("a rebalancing was planned but is not carried out: its check found " + violations);
    } else if (++found < LOOKS) {
      waits(
          plan.steps().size()
              + " VMs would be moved; the next look has to find the same need: "
              + firstReason(plan));
    } else if (level == Automation.RECOMMEND) {
      recommend(plan);
    } else {
      execute(plan);
    }
  }

  private static String firstReason(Plan plan) {
    return plan.decisions().stream().findFirst().map(Decision::reason).orElse("");
  }

  private void waits(String reason) {
    decisions.waits(
        new Decision("wait", Optional.empty(), reason, "none", "none", List.of()),
        loop.epochMillis());
  }

  private void recommend(Plan plan) {
    long now = loop.epochMillis();
    recommendations
        .put(TOPIC, plan, now)
        .ifPresent(
            id -> {
              decisions.recommends(plan.decisions(), now);
              decisions.rebalances(
                  "recommended: "
                      + plan.title()
                      + "; do it with: ballast apply "
                      + id
                      + " --run: "
                      + firstReason(plan),
                  id);
            });
  }

  private void execute(Plan plan) {
    recommendations.withdraw(TOPIC);
    String planId = stores.plans().add(plan, PlanState.PLANNED, loop.epochMillis());
    executing = true;
    found = 0;
    decisions.rebalances(planId + ": " + plan.title() + ": " + firstReason(plan), planId);
    CompletableFuture<Void> _ =
        runner
            .start(planId, false, progress -> told(plan, progress))
            .handle(
                (operation, refused) -> {
                  loop.execute(() -> started(operation, refused));
                  return null;
                });
  }

  private void told(Plan plan, Progress progress) {
    if (progress.state().isEnded()) {
      loop.execute(() -> ended(plan));
    }
  }

  private void started(@Nullable String operation, @Nullable Throwable refused) {
    if (operation != null) {
      control.own(operation);
    } else if (refused != null) {
      over();
      waits("a rebalancing was planned but is not carried out: " + refused.getMessage());
    }
  }

  private void over() {
    executing = false;
    restsUntilMillis = loop.epochMillis() + settings.schedule().holdMillis();
  }

  /** All that were to move rest, also where a move failed. */
  private void ended(Plan plan) {
    over();
    for (PlanStep step : plan.steps()) {
      if (step.planned().action() instanceof MigrateDomain migrate) {
        control.remember(
            history ->
                history.migrated(
                    step.host(),
                    migrate.target(),
                    migrate.vm(),
                    settings.relief(),
                    loop.epochMillis()));
      }
    }
  }
}
