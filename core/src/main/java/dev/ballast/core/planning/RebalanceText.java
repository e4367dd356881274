package dev.ballast.core.planning;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.HostFit;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.planning.RebalancePlanner.Question;
import dev.ballast.core.search.Relocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a rebalancing decided, in words; follows the moves as they are told. */
final class RebalanceText {
  /** At most so many hosts are named in a decision. */
  private static final int HOSTS_NAMED = 20;

  private static final long PERMILLE = 1_000;

  private final Question question;
  private final Snapshot snapshot;
  private final Extent extent;
  private final Map<VmName, VmDemand> demand;
  private final SortedMap<HostName, Long> wanted = new TreeMap<>();

  RebalanceText(Question question) {
    this.question = question;
    this.snapshot = question.snapshot();
    this.demand = question.demand();
    this.extent = question.extent();
    for (HostView view : snapshot.hosts().values()) {
      wanted.put(
          view.name(),
          view.domains().values().stream()
              .filter(domain -> domain.state().isActive())
              .mapToLong(domain -> Lowering.wantedMillis(view, domain.name(), demand))
              .sum());
    }
  }

  Decision moved(
      Relocation.Purpose purpose, Assignment from, Assignment to, ObservedDomain domain) {
    HostName source = from.host();
    HostName target = to.host();
    List<String> rejected = rejected(domain.name(), source, target);
    long vm = vmMillis(source, domain.name());
    long before = Math.max(share(source, 0), share(target, 0));
    long after = Math.max(share(source, -vm), share(target, vm));
    String what =
        switch (purpose) {
          case RELIEF ->
              "VMs of "
                  + source
                  + " want "
                  + share(source, 0) / 10
                  + " % of its CPU capacity, more than "
                  + extent.hotPercent()
                  + " %: it moves from ";
          case LEVELLING -> who() + " rebalances: it moves from ";
          case EMPTYING -> source + " is to be empty: it moves from ";
        };
    wanted.merge(source, -vm, Long::sum);
    wanted.merge(target, vm, Long::sum);
    return new Decision(
        "migrate",
        Optional.of(domain.name()),
        what
            + source
            + " to "
            + target
            + ", the higher share of the two "
            + (after <= before ? "falls" : "rises")
            + " from "
            + before / 10
            + " % to "
            + after / 10
            + " %",
        (domain.memoryBytes() >> 20) + " MiB of memory over the network",
        purpose == Relocation.Purpose.EMPTYING
            ? "a host without VMs once all of " + source + " are gone"
            : (before - after) / 10 + " points",
        rejected);
  }

  private String who() {
    return switch (question.origin()) {
      case OPERATOR, ROLLBACK -> "an operator";
      case BALANCER -> "the balancer";
    };
  }

  /** Why each of the other hosts was not taken, the one with the lowest share first. */
  private List<String> rejected(VmName vm, HostName source, HostName target) {
    VmSpec spec = snapshot.specs().get(vm);
    HostView from = snapshot.hosts().get(source);
    if (spec == null || from == null) {
      return List.of();
    }
    long millis = vmMillis(source, vm);
    List<Other> others = new ArrayList<>();
    for (HostView view : snapshot.hosts().values()) {
      if (!view.name().equals(source) && !view.name().equals(target)) {
        others.add(new Other(view, share(view.name(), millis)));
      }
    }
    others.sort(Comparator.comparingLong(Other::permille)); // ties stay in the order of names
    return others.stream()
        .limit(HOSTS_NAMED)
        .map(other -> other.view().name() + ": " + whyNot(spec, from, other))
        .toList();
  }

  /** A host that was not taken, and what its share would be. */
  private record Other(HostView view, long permille) {}

  private String whyNot(VmSpec spec, HostView from, Other other) {
    List<String> reasons =
        new ArrayList<>(
            HostFit.vetoes(snapshot.networks(), other.view(), spec).stream()
                .map(Veto::reason)
                .toList());
    MigrationFit.obstacle(spec, from, other.view()).ifPresent(reasons::add);
    Optional.ofNullable(question.bounds().hosts().get(other.view().name())).ifPresent(reasons::add);
    return reasons.isEmpty()
        ? "would be at " + other.permille() / 10 + " %, or had no room"
        : String.join("; ", reasons);
  }

  Decision stays(LoweredCluster lowered, Relocation.Refusal refusal) {
    HostName host = lowered.hosts().get(refusal.bin());
    return new Decision(
        "wait",
        Optional.empty(),
        "VMs of "
            + host
            + " still want "
            + share(host, 0) / 10
            + " % of its CPU capacity, more than "
            + extent.hotPercent()
            + " %: "
            + because(lowered, refusal),
        "none",
        "none",
        fixedOn(lowered, refusal.bin()));
  }

  private static String because(LoweredCluster lowered, Relocation.Refusal refusal) {
    return switch (refusal.reason()) {
      case CYCLE -> refusal.cycle().map(cycle -> of(lowered, cycle)).orElse("VMs are in a cycle");
      case FIXED -> "none of them may move";
      case NO_ROOM ->
          "no other host has room for any of them, nor can two change places one after the other";
      case FORBIDDEN -> "hosts have room, but rules keep the VMs off each of them";
      case MOVE_LIMIT -> "as many moves as are allowed are planned";
      case SMALL_GAIN -> "no single move takes anything off";
    };
  }

  private static String of(LoweredCluster lowered, Relocation.Cycle cycle) {
    VmName vm = lowered.vms().get(cycle.item());
    VmName back = lowered.vms().get(cycle.back());
    HostName other = lowered.hosts().get(lowered.problem().initial()[cycle.back()]);
    HostName third = lowered.hosts().get(cycle.third());
    return vm
        + " and "
        + back
        + " of "
        + other
        + " could change places only through a third host, and a VM moves once in a plan: 'ballast"
        + " migrate "
        + back
        + " --to "
        + third
        + " --run' opens the cycle, then rebalance again";
  }

  private static List<String> fixedOn(LoweredCluster lowered, int bin) {
    List<String> reasons = new ArrayList<>();
    for (int item = 0; item < lowered.vms().size() && reasons.size() < HOSTS_NAMED; item++) {
      if (lowered.problem().initial()[item] == bin && !lowered.fixed().get(item).isEmpty()) {
        reasons.add("move " + lowered.vms().get(item) + ": " + lowered.fixed().get(item));
      }
    }
    return reasons;
  }

  Decision nothing() {
    String reason =
        switch (extent.policy()) {
          case BALANCE ->
              "no move lowers the higher share of two hosts by "
                  + extent.minGainPermille() / 10
                  + " points";
          case CONSOLIDATE -> "no host can be emptied into the others";
          case STABLE -> "no host is above " + extent.hotPercent() + " % that a move could relieve";
        };
    return new Decision(
        "wait", Optional.empty(), reason + ": " + shares(), "none", "none", List.of());
  }

  private long vmMillis(HostName host, VmName vm) {
    HostView view = snapshot.hosts().get(host);
    return view == null ? 0 : Lowering.wantedMillis(view, vm, demand);
  }

  private long share(HostName host, long moreMillis) {
    HostView view = snapshot.hosts().get(host);
    long capacity = view == null ? 1 : Math.max(1, view.inventory().cpuCapacityMillis());
    return (wanted.getOrDefault(host, 0L) + moreMillis) * PERMILLE / capacity;
  }

  private String shares() {
    List<String> texts = new ArrayList<>();
    for (HostName host : snapshot.hosts().keySet()) {
      texts.add(host + " " + share(host, 0) / 10 + " %");
    }
    return String.join(", ", texts.subList(0, Math.min(HOSTS_NAMED, texts.size())));
  }
}
