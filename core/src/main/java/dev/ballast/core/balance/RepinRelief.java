package dev.ballast.core.balance;

import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.MemoryFollow;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.balance.ReliefDecision.Repin;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Relieves by new pins inside the host, as {@link RepinSearch} finds them.
 *
 * <p>VMs that automation may move at once are tried first, then those that it may only recommend to
 * move; CPUs of the VM's own NUMA nodes first, then all. A re-pin that gains enough is done even if
 * it does not end the overload; the decision then says what would. Pins written by people, an
 * operator's override, dedicated and frozen VMs stay.
 */
public final class RepinRelief implements Relief {
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
    String obstacle =
        view == null
            ? "no such host is known"
            : obstacle(snapshot, view, alert, policy, history, nowMillis);
    if (view == null || !obstacle.isEmpty()) {
      return new Wait(wait(host, obstacle, List.of()), history);
    }
    HotHost hot = new HotHost(snapshot, view, demand, history, nowMillis);
    long target = target(alert, policy);
    if (hot.loads().overload(target) == 0) {
      return new Wait(
          wait(
              host,
              "no CPU is predicted above " + target + ": highest " + hot.loads().highest(),
              List.of()),
          history);
    }
    Choice choice = choose(hot, target, policy);
    long gain = hot.loads().highest() - choice.result().loads().highest();
    long relieved = hot.loads().overload(target) - choice.result().loads().overload(target);
    ReliefText text = new ReliefText(view, hot, target, choice.result());
    if (choice.result().moves().isEmpty() || Math.max(gain, relieved) < policy.minGainMillis()) {
      return new Wait(
          wait(host, text.notWorth(policy.minGainMillis()), text.whyOthersStay()), history);
    }
    return repin(snapshot, view, hot, choice, text, policy, history, nowMillis);
  }

  private record Choice(RepinSearch.Result result, boolean recommended, boolean ends) {}

  static long target(CpuAlert alert, ReliefPolicy policy) {
    if (alert.kind() != CpuAlert.Kind.HOT_CPUS || alert.cpus().isEmpty()) {
      return policy.targetMillis();
    }
    long perCpu = alert.thresholdMillis() / alert.cpus().size();
    return perCpu < 1 || perCpu > 1000 ? policy.targetMillis() : perCpu;
  }

  /** What stands against any decision but to wait; empty when nothing does. */
  static String obstacle(
      Snapshot snapshot,
      HostView view,
      CpuAlert alert,
      ReliefPolicy policy,
      ReliefHistory history,
      long nowMillis) {
    long rest = history.hostRestMillis(view.name(), policy, nowMillis);
    String libvirt = view.inventory().lacks().get(Capability.LIBVIRT);
    if (alert.kind() == CpuAlert.Kind.CLEARED) {
      return "the alert is over";
    } else if (!view.connected()) {
      return "it is not connected";
    } else if (snapshot.frozen() || view.frozen()) {
      return "it is frozen";
    } else if (view.observeOnly()) {
      return "it is only observed";
    } else if (view.facts().owners().containsKey(OtherOwner.NUMAD)) {
      return "numad moves processes on it: stop it there first";
    } else if (libvirt != null) {
      return "it lacks libvirt: " + libvirt;
    } else if (snapshot.automation() == Automation.OFF) {
      return "automation is off for the cluster";
    } else if (view.automation() == Automation.OFF) {
      return "automation is off for the host";
    } else if (rest > 0) {
      return "its last re-pin is a short time ago; it rests for " + rest + " ms more";
    }
    return "";
  }

  private static Choice choose(HotHost hot, long target, ReliefPolicy policy) {
    Choice best = new Choice(new RepinSearch.Result(new TreeMap<>(), hot.loads()), false, false);
    List<Guest> tried = List.of();
    for (Automation level : List.of(Automation.AUTO, Automation.RECOMMEND)) {
      List<Guest> movable =
          hot.guests().stream()
              .filter(guest -> guest.movable() && guest.level().compareTo(level) >= 0)
              .toList();
      if (!movable.isEmpty() && movable.equals(tried)) {
        return best; // the same VMs would give the same
      }
      tried = movable;
      for (boolean far : List.of(false, true)) {
        RepinSearch search =
            new RepinSearch(target, policy, g -> far && !g.bound() ? hot.sharedCpus() : g.near());
        RepinSearch.Result result =
            search.search(
                movable.stream().filter(g -> (far && !g.bound()) || !g.near().isEmpty()).toList(),
                hot.loads());
        long more = best.result().loads().overload(target) - result.loads().overload(target);
        if (!result.moves().isEmpty()
            && more >= (best.result().moves().isEmpty() ? 1 : policy.minGainMillis())) {
          best =
              new Choice(
                  result, level == Automation.RECOMMEND, result.loads().overload(target) == 0);
        }
      }
      if (best.result().loads().overload(target) == 0) {
        return best;
      }
    }
    return best;
  }

  private static ReliefDecision repin(
      Snapshot snapshot,
      HostView view,
      HotHost hot,
      Choice choice,
      ReliefText text,
      ReliefPolicy policy,
      ReliefHistory history,
      long nowMillis) {
    List<PlanStep> steps = new ArrayList<>();
    List<DesiredChange> changes = new ArrayList<>();
    List<DesiredChange> inverse = new ArrayList<>();
    List<Decision> decisions = new ArrayList<>();
    SortedMap<VmName, Guest> moved = new TreeMap<>();
    for (Guest guest : hot.guests()) {
      List<CpuSet> vcpus = choice.result().moves().get(guest.vm());
      ObservedDomain domain = view.domains().get(guest.vm());
      Assignment former = snapshot.assignments().get(guest.vm());
      if (vcpus == null || domain == null || former == null) {
        continue;
      }
      CpuPins pins = new CpuPins(vcpus, emulator(guest, vcpus));
      moved.put(guest.vm(), guest);
      int number = steps.size() + 1;
      steps.add(
          new PlanStep(
              number,
              view.name(),
              new PlannedAction(new PinCpus(guest.vm(), pins), DomainRecord.of(domain)),
              new TreeSet<>()));
      Optional.ofNullable(snapshot.specs().get(guest.vm()))
          .flatMap(spec -> MemoryFollow.follow(spec, view, domain, former.withPins(pins)))
          .ifPresent(
              follow ->
                  steps.add(
                      new PlanStep(
                          number + 1,
                          view.name(),
                          new PlannedAction(follow, new AfterEarlierSteps(domain.state(), "")),
                          new TreeSet<>(List.of(number)))));
      changes.add(new DesiredChange.PutAssignment(former.withPins(pins)));
      inverse.add(new DesiredChange.PutAssignment(former));
      decisions.add(text.moved(guest, pins, choice.recommended()));
    }
    decisions.addAll(text.stayed(moved.keySet()));
    String title = "relieve " + view.name() + ": re-pin " + moved.keySet();
    Plan plan =
        new Plan(title, Origin.BALANCER, snapshot.version(), steps, changes, decisions, inverse);
    return new Repin(
        plan,
        decisions.getFirst(),
        choice.recommended(),
        choice.ends(),
        history.moved(view.name(), moved.keySet(), policy, nowMillis));
  }

  /** The emulator stays with its vCPUs if it was with them, and off CPUs of left NUMA nodes. */
  private static CpuSet emulator(Guest guest, List<CpuSet> vcpus) {
    CpuSet all = vcpus.stream().reduce(CpuSet.EMPTY, CpuSet::union);
    boolean together = guest.pins().emulator().equals(guest.pins().allVcpuCpus());
    boolean left = !guest.near().containsAll(all);
    return together || left ? all : guest.pins().emulator();
  }

  private static Decision wait(HostName host, String reason, List<String> rejected) {
    return new Decision(
        "wait", Optional.empty(), "no re-pin on " + host + ": " + reason, "none", "none", rejected);
  }
}
