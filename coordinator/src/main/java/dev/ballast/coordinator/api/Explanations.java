package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.PlanSummary;
import dev.ballast.coordinator.store.StoredDecision;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;
import dev.ballast.v1.ExplainResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Says why a VM is where it is, why not elsewhere, and what was decided about it. */
final class Explanations {
  /** At most so many hosts are gone through. */
  static final int HOST_LIMIT = 50;

  private static final int DECISION_LIMIT = 10;
  private static final int PENDING_LIMIT = 20;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Cluster cluster;
  private final ApiStores stores;
  private final PlacementPolicy policy;
  private final Placer placer = new BestFitPlacer();

  Explanations(Cluster cluster, ApiStores stores, PlacementPolicy policy) {
    this.policy = policy;
    this.cluster = cluster;
    this.stores = stores;
  }

  ExplainResponse explain(String name) {
    VmName vm = new VmName(name);
    Snapshot snapshot = cluster.snapshot();
    VmSpec spec = snapshot.specs().get(vm);
    if (spec == null) {
      return unspecified(snapshot, vm);
    }
    List<StoredDecision> decisions = stores.decisions().newest(vm, DECISION_LIMIT);
    StringBuilder text = new StringBuilder();
    where(snapshot, spec, text);
    whyHere(decisions, text);
    whyNotElsewhere(snapshot, spec, text);
    latest(decisions, text);
    pending(vm, text);
    automation(snapshot, spec, text);
    ExplainResponse.Builder response =
        ExplainResponse.newBuilder().setVm(name).setText(text.toString());
    decisions.forEach(decision -> response.addDecisions(Messages.decision(decision)));
    return response.build();
  }

  private static ExplainResponse unspecified(Snapshot snapshot, VmName vm) {
    List<HostName> hosts =
        snapshot.hosts().values().stream()
            .filter(host -> host.domains().containsKey(vm))
            .map(HostView::name)
            .toList();
    if (hosts.isEmpty()) {
      throw Problem.notFound("there is no VM '" + vm + "'; 'ballast vms' lists them");
    }
    return ExplainResponse.newBuilder()
        .setVm(vm.value())
        .setText(vm + " runs on " + hosts + " but is not specified: Ballast leaves it alone\n")
        .build();
  }

  private static void where(Snapshot snapshot, VmSpec spec, StringBuilder text) {
    Assignment assignment = snapshot.assignments().get(spec.name());
    if (assignment == null) {
      text.append(spec.name()).append(" is specified but sits on no host\n");
      return;
    }
    text.append(spec.name())
        .append(" is on ")
        .append(assignment.host())
        .append(", ")
        .append(words(assignment.pins()))
        .append("; ")
        .append(chooser(spec, assignment))
        .append('\n');
    Optional<CpuPins> live =
        snapshot.domain(assignment.host(), spec.name()).flatMap(ObservedDomain::livePins);
    live.filter(pins -> !pins.equals(assignment.pins()))
        .ifPresent(
            pins ->
                text.append("  drift: the kernel shows ").append(words(pins)).append(" instead\n"));
  }

  private static String words(CpuPins pins) {
    return "vCPUs on " + pins.vcpus() + ", emulator on " + pins.emulator();
  }

  private static String chooser(VmSpec spec, Assignment assignment) {
    if (assignment.override()) {
      return "an operator's override chose these CPUs; relief leaves them alone, rollback removes it";
    }
    return spec.pins().isPresent()
        ? "the specification names these CPUs; Ballast never moves them"
        : "Ballast chose these CPUs and may change them";
  }

  private static void whyHere(List<StoredDecision> decisions, StringBuilder text) {
    text.append("\nwhy here\n");
    Optional<StoredDecision> placed =
        decisions.stream()
            .filter(stored -> Set.of("place", "migrate").contains(stored.decision().kind()))
            .findFirst();
    if (placed.isEmpty()) {
      text.append("  its placement is no longer recorded\n");
      return;
    }
    Decision decision = placed.get().decision();
    text.append("  ").append(decision.reason()).append('\n');
    decision.rejected().forEach(other -> text.append("  not ").append(other).append('\n'));
  }

  private void whyNotElsewhere(Snapshot snapshot, VmSpec spec, StringBuilder text) {
    Assignment assignment = snapshot.assignments().get(spec.name());
    List<HostName> others =
        snapshot.hosts().keySet().stream()
            .filter(host -> assignment == null || !host.equals(assignment.host()))
            .toList();
    if (others.isEmpty()) {
      return;
    }
    text.append("\nwhy not on another host, as things are now\n");
    for (HostName host : others.stream().limit(HOST_LIMIT).toList()) {
      List<Veto> vetoes = placer.vetoes(snapshot, spec, host, policy);
      text.append("  ").append(host).append(": ");
      if (vetoes.isEmpty()) {
        text.append("it could be there; nothing makes it better there than here\n");
        continue;
      }
      text.append(String.join(", ", vetoes.stream().map(Veto::reason).toList()))
          .append("; smallest change: ")
          .append(String.join(" and ", vetoes.stream().map(Veto::smallestChange).toList()))
          .append('\n');
    }
    if (others.size() > HOST_LIMIT) {
      text.append("  and ").append(others.size() - HOST_LIMIT).append(" more hosts\n");
    }
  }

  private static void latest(List<StoredDecision> decisions, StringBuilder text) {
    if (decisions.isEmpty()) {
      return;
    }
    text.append("\nlatest decisions\n");
    for (StoredDecision stored : decisions) {
      Decision decision = stored.decision();
      text.append("  ")
          .append(TIME.format(Instant.ofEpochMilli(stored.epochMillis())))
          .append("  ")
          .append(decision.kind())
          .append(": ")
          .append(decision.reason());
      if (!stored.operationId().isEmpty()) {
        text.append(" (").append(stored.operationId()).append(')');
      }
      text.append("\n      cost: ")
          .append(decision.cost())
          .append("; gain: ")
          .append(decision.gain())
          .append('\n');
      decision.rejected().forEach(other -> text.append("      not ").append(other).append('\n'));
    }
  }

  private void pending(VmName vm, StringBuilder text) {
    List<PlanSummary> recommended =
        stores.plans().newest(Plans.LIST_LIMIT).stream()
            .filter(plan -> plan.state() == PlanState.RECOMMENDED)
            .filter(
                plan -> stores.plans().get(plan.id()).filter(p -> names(p.plan(), vm)).isPresent())
            .limit(PENDING_LIMIT)
            .toList();
    if (recommended.isEmpty()) {
      return;
    }
    text.append("\nrecommended and waiting\n");
    for (PlanSummary plan : recommended) {
      text.append("  ")
          .append(plan.id())
          .append(": ")
          .append(plan.title())
          .append("; do it with: ballast apply ")
          .append(plan.id())
          .append(" --run\n");
    }
  }

  private static boolean names(Plan plan, VmName vm) {
    return plan.decisions().stream().anyMatch(decision -> decision.vm().equals(Optional.of(vm)));
  }

  private static void automation(Snapshot snapshot, VmSpec spec, StringBuilder text) {
    Assignment assignment = snapshot.assignments().get(spec.name());
    HostView host = assignment == null ? null : snapshot.hosts().get(assignment.host());
    Automation effective = snapshot.automation().and(spec.automation());
    if (host != null) {
      effective = effective.and(host.automation());
    }
    text.append("\nautomation: ").append(effective.name().toLowerCase(Locale.ROOT));
    if (snapshot.frozen()
        || (host != null && host.frozen())
        || snapshot.frozenVms().contains(spec.name())) {
      text.append(", and frozen: nothing changes until the freeze is lifted");
    }
    text.append('\n');
  }
}
