package dev.ballast.core.balance;

import dev.ballast.core.balance.ReliefDecision.Migrate;
import dev.ballast.core.balance.ReliefDecision.Repin;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.plan.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Relieves by new pins inside the host if that suffices, else by moving one VM to another host;
 * both are costed in the one decision that is recorded.
 *
 * <p>New pins suffice when no CPU stays above the target and the VMs of the host want no more than
 * its budget. A move is chosen as {@link MoveSearch} says. Where neither suffices, the pins that
 * gain enough are taken.
 */
public final class CostedRelief implements Relief {
  private final Relief repins;
  private final Placer placer;
  private final PlacementPolicy placement;

  public CostedRelief() {
    this(new RepinRelief(), new BestFitPlacer(), PlacementPolicy.DEFAULT);
  }

  public CostedRelief(Relief repins, Placer placer, PlacementPolicy placement) {
    this.repins = repins;
    this.placer = placer;
    this.placement = placement;
  }

  @Override
  public ReliefDecision decide(
      Snapshot snapshot,
      HostName host,
      CpuAlert alert,
      Map<VmName, VmDemand> demand,
      ReliefPolicy policy,
      ReliefHistory history,
      long nowMillis) {
    ReliefDecision inside =
        repins.decide(snapshot, host, alert, demand, policy, history, nowMillis);
    HostView view = snapshot.hosts().get(host);
    if (view == null
        || !policy.migration().enabled()
        || !RepinRelief.obstacle(snapshot, view, alert, policy, history, nowMillis).isEmpty()) {
      return inside;
    }
    HotHost hot = new HotHost(snapshot, view, demand, history, nowMillis);
    Overload overload = Overload.of(view, alert, hot, policy);
    if (overload.isNone()
        || (inside instanceof Repin repin && repin.ends() && !overload.ofHost())) {
      return inside;
    }
    HotHost measured = HotHost.measured(snapshot, view, demand, history, nowMillis);
    if (Overload.of(view, alert, measured, policy).isNone()) {
      // A guess of what starved VMs want may size a move, but never be its cause: waiting that
      // another host or the machine causes would move one VM after the other.
      return inside;
    }
    MoveSearch search =
        new MoveSearch(snapshot, hot, overload, policy, history, nowMillis, placer, placement);
    Optional<MoveSearch.Move> best = search.best();
    return best.isPresent()
        ? migrate(best.get(), search, inside, overload)
        : stay(inside, overload, search);
  }

  private static ReliefDecision migrate(
      MoveSearch.Move move, MoveSearch search, ReliefDecision inside, Overload overload) {
    List<String> rejected = new ArrayList<>();
    rejected.add("leave all as it is: " + overload.text());
    rejected.add(notInside(inside));
    rejected.addAll(search.others(move));
    Decision decision = search.decision(move, rejected);
    return new Migrate(
        search.plan(move, decision),
        decision,
        move.recommended(),
        move.assignment().host(),
        search.history(move));
  }

  private static String notInside(ReliefDecision inside) {
    return switch (inside) {
      case Repin repin ->
          "re-pin (cost "
              + repin.decision().cost()
              + "): does not suffice: "
              + repin.decision().gain();
      case Migrate ignored -> "re-pin: not considered";
      case Wait wait -> wait.decision().reason();
    };
  }

  /** The pins that help somewhat, or nothing; with what stands against a move. */
  private static ReliefDecision stay(ReliefDecision inside, Overload overload, MoveSearch search) {
    if (!(inside instanceof Wait wait)) {
      return inside;
    }
    Decision decision = wait.decision();
    List<String> rejected = new ArrayList<>(decision.rejected());
    rejected.addAll(search.rejected());
    return new Wait(
        new Decision(
            decision.kind(),
            decision.vm(),
            decision.reason()
                + (overload.ofHost() ? "; " + overload.text() : "")
                + "; no VM moves to another host: "
                + search.whyNone(),
            decision.cost(),
            decision.gain(),
            rejected),
        wait.history());
  }
}
