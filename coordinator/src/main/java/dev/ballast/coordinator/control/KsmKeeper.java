package dev.ballast.coordinator.control;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.execution.TaskLoop;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.balance.KsmJudge;
import dev.ballast.core.balance.KsmJudgement;
import dev.ballast.core.balance.KsmPolicy;
import dev.ballast.core.balance.KsmTrack;
import dev.ballast.core.balance.KsmTrack.Look;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.KsmPlanner;
import dev.ballast.core.planning.PlanResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps same-page merging as the policy says: every interval it looks at each host, and what {@link
 * KsmJudge} wants changed is carried out or recommended, as automation allows. One change at a
 * time, never beside another operation; a host whose settings are not those that are remembered is
 * drift, and left alone. What it decides is recorded.
 */
public final class KsmKeeper {
  private static final Logger log = LoggerFactory.getLogger(KsmKeeper.class);

  private final Cluster cluster;
  private final ControlStores stores;
  private final PlanRunner runner;
  private final BooleanSupplier idle;
  private final TaskLoop loop;
  private final KsmPolicy policy;
  private final DecisionLog decisions;
  private final Recommendations recommendations;
  private final Map<HostName, KsmTrack> tracks = new HashMap<>();
  private boolean executing;

  /**
   * A keeper that does nothing before {@link #start}.
   *
   * @param idle whether no operation runs
   */
  public KsmKeeper(
      Cluster cluster,
      ControlStores stores,
      EventLog events,
      PlanRunner runner,
      BooleanSupplier idle,
      TaskLoop loop,
      KsmPolicy policy) {
    this.cluster = cluster;
    this.stores = stores;
    this.runner = runner;
    this.idle = idle;
    this.loop = loop;
    this.policy = policy;
    this.decisions = new DecisionLog(stores, events);
    this.recommendations = new Recommendations(stores);
  }

  /** Begins to look, unless operators are to decide. */
  public void start() {
    if (policy.mode() != KsmPolicy.Mode.OFF) {
      loop.after(policy.intervalMillis(), this::lookAndGoOn);
    }
  }

  private void lookAndGoOn() {
    try {
      look();
    } catch (StoreException e) {
      log.error("what was decided about KSM is not stored: {}", e.getMessage());
    } finally {
      loop.after(policy.intervalMillis(), this::lookAndGoOn);
    }
  }

  private void look() {
    Snapshot snapshot = cluster.snapshot();
    tracks.keySet().retainAll(snapshot.hosts().keySet());
    for (HostView host : snapshot.hosts().values()) {
      look(snapshot, host);
    }
  }

  private void look(Snapshot snapshot, HostView host) {
    Optional<Look> seen = seen(host);
    if (seen.isEmpty()) {
      tracks.remove(host.name());
      return;
    }
    KsmTrack track = tracks.getOrDefault(host.name(), KsmTrack.NEW);
    KsmJudgement judged = KsmJudge.judge(policy, facts(host), track, seen.get());
    tracks.put(host.name(), judged.track());
    Automation level = snapshot.automation().and(host.automation());
    String obstacle = obstacle(snapshot, host, level);
    if (judged.target().isEmpty()) {
      recommendations.withdraw(topic(host));
      waits(host, judged.reason());
    } else if (!obstacle.isEmpty()) {
      waits(host, judged.reason() + "; nothing is changed: " + obstacle);
    } else {
      decide(snapshot, host, judged, judged.target().get(), level);
    }
  }

  /** Nothing before the host has told both what is set and what it does. */
  private Optional<Look> seen(HostView host) {
    return host.connected() && host.ksm().isPresent() && host.load().ksm().isPresent()
        ? Optional.of(new Look(loop.epochMillis(), host.ksm().get(), host.load().ksm().get()))
        : Optional.empty();
  }

  private static KsmJudge.Host facts(HostView host) {
    List<ObservedDomain> running =
        host.domains().values().stream().filter(domain -> domain.state().isActive()).toList();
    return new KsmJudge.Host(
        Math.max(1, host.inventory().topology().onlineCpus().size()),
        Math.max(1, host.inventory().memoryBytes()),
        running.size(),
        running.stream().mapToLong(ObservedDomain::memoryBytes).sum());
  }

  private String obstacle(Snapshot snapshot, HostView host, Automation level) {
    KsmSettings desired = snapshot.desiredKsm().get(host.name());
    if (level == Automation.OFF) {
      return "automation is off";
    } else if (snapshot.frozen() || host.frozen()) {
      return snapshot.frozen() ? "the cluster is frozen" : "it is frozen";
    } else if (host.observeOnly()) {
      return "it is only observed";
    } else if (desired != null && host.ksm().filter(desired::heldBy).isEmpty()) {
      return "KSM is not as it is remembered (" + desired.describe() + "): see 'ballast drift'";
    } else if (stores.database().database().problem().isPresent()) {
      return "the store cannot be written";
    }
    return executing || !idle.getAsBoolean() ? "an operation runs" : "";
  }

  private static String topic(HostView host) {
    return host.name().value();
  }

  private static String about(HostView host, String text) {
    return "KSM on " + host.name() + ": " + text;
  }

  private void waits(HostView host, String reason) {
    decisions.waits(host, wait(host, reason), loop.epochMillis());
  }

  private static Decision wait(HostView host, String reason) {
    return new Decision("wait", Optional.empty(), about(host, reason), "none", "none", List.of());
  }

  private void decide(
      Snapshot snapshot, HostView host, KsmJudgement judged, KsmSettings target, Automation level) {
    String reason = about(host, judged.reason());
    switch (new KsmPlanner()
        .judged(snapshot, host.name(), target, reason, judged.cost(), judged.gain())) {
      case PlanResult.Impossible(var problems) ->
          waits(host, judged.reason() + "; nothing is changed: " + problems);
      case PlanResult.Planned(Plan plan) -> {
        List<Violation> violations = PlanChecker.check(snapshot, plan);
        if (!violations.isEmpty()) {
          waits(host, "a change was planned but is not carried out: its check found " + violations);
        } else if (level == Automation.RECOMMEND) {
          recommend(host, plan);
        } else {
          execute(host, plan);
        }
      }
    }
  }

  private void recommend(HostView host, Plan plan) {
    long now = loop.epochMillis();
    recommendations
        .put(topic(host), plan, now)
        .ifPresent(
            id -> {
              decisions.recommends(plan.decisions(), now);
              decisions.acts(
                  host.name(),
                  plan.decisions(),
                  "recommended: " + plan.title() + "; do it with: ballast apply " + id + " --run",
                  id);
            });
  }

  private void execute(HostView host, Plan plan) {
    recommendations.withdraw(topic(host));
    String planId = stores.plans().add(plan, PlanState.PLANNED, loop.epochMillis());
    executing = true;
    decisions.acts(host.name(), plan.decisions(), planId + ": " + plan.title(), planId);
    decisions.concerns(host, plan.decisions(), loop.epochMillis());
    CompletableFuture<Void> _ =
        runner
            .start(
                planId,
                false,
                progress -> {
                  if (progress.state().isEnded()) {
                    loop.execute(() -> executing = false);
                  }
                })
            .handle(
                (operation, refused) -> {
                  loop.execute(() -> started(host, refused));
                  return null;
                });
  }

  private void started(HostView host, @Nullable Throwable refused) {
    if (refused != null) {
      executing = false;
      waits(host, "a change was planned but is not carried out: " + refused.getMessage());
    }
  }
}
