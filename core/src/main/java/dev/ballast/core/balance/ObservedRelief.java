package dev.ballast.core.balance;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Relief that also looks at hosts which are only observed: what it would do there it recommends in
 * words, since no plan may touch them. On all other hosts it is the relief that it is made of.
 */
public final class ObservedRelief implements Relief {
  private final Relief relief;

  public ObservedRelief(Relief relief) {
    this.relief = relief;
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
    HostView view = snapshot.hosts().get(host);
    if (view == null || !view.observeOnly()) {
      return relief.decide(snapshot, host, alert, demand, policy, history, nowMillis);
    }
    ReliefDecision decision =
        relief.decide(asIfOurs(snapshot, view), host, alert, demand, policy, history, nowMillis);
    return switch (decision) {
      case ReliefDecision.Wait wait -> wait;
      case ReliefDecision.Act act ->
          new ReliefDecision.Wait(recommendation(host, act.plan(), act.decision()), history);
    };
  }

  private static Snapshot asIfOurs(Snapshot snapshot, HostView view) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>(snapshot.hosts());
    hosts.put(view.name(), view.withObserveOnly(false));
    return snapshot.with(hosts, snapshot.assignments());
  }

  private static Decision recommendation(HostName host, Plan plan, Decision first) {
    List<String> steps =
        plan.steps().stream().map(step -> step.planned().action().describe()).toList();
    return new Decision(
        "wait",
        first.vm(),
        host
            + " is only observed: no command goes there; recommended to do by hand: "
            + String.join("; ", steps)
            + " ("
            + first.reason()
            + ")",
        first.cost(),
        first.gain(),
        first.rejected());
  }
}
