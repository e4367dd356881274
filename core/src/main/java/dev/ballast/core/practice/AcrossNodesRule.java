package dev.ballast.core.practice;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.PinPlanner;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The vCPUs of a VM that fits into one NUMA node stay in one. */
final class AcrossNodesRule implements Rule {
  @Override
  public String id() {
    return "BL008";
  }

  @Override
  public String title() {
    return "vCPUs within one NUMA node";
  }

  @Override
  public String why() {
    return "Memory of another node answers later, and all its traffic shares one link.";
  }

  @Override
  public List<Finding> examine(Snapshot snapshot, HostView host) {
    List<NumaNode> nodes = host.inventory().topology().numaNodes();
    if (nodes.size() < 2) {
      return List.of();
    }
    return host.domains().values().stream()
        .flatMap(domain -> examine(snapshot, host, domain).stream())
        .toList();
  }

  private Optional<Finding> examine(Snapshot snapshot, HostView host, ObservedDomain domain) {
    Optional<CpuPins> pins = domain.livePins().or(domain::configPins);
    if (pins.isEmpty()) {
      return Optional.empty();
    }
    CpuSet cpus = pins.get().allVcpuCpus();
    List<NumaNode> used =
        host.inventory().topology().numaNodes().stream()
            .filter(node -> node.cpus().intersects(cpus))
            .toList();
    Optional<NumaNode> home = home(used, cpus, domain);
    if (used.size() < 2 || home.isEmpty()) {
      return Optional.empty();
    }
    boolean anywhere = cpus.equals(host.inventory().topology().onlineCpus());
    CpuSet target = home.get().cpus();
    return Optional.of(
        new Finding(
            id(),
            anywhere ? Severity.INFO : Severity.WARNING,
            host.name(),
            Optional.of(domain.name()),
            "pins",
            "its vCPUs may run on NUMA nodes "
                + used.stream().map(NumaNode::id).toList()
                + " though it fits into one",
            "ballast pin " + domain.name() + " " + options(domain, target) + " --run",
            plan(snapshot, domain, target)));
  }

  /** The node that has most of its CPUs and room for all of it, by the sum, not by what is free. */
  private static Optional<NumaNode> home(List<NumaNode> nodes, CpuSet cpus, ObservedDomain domain) {
    return nodes.stream()
        .filter(node -> node.cpus().size() >= domain.vcpus())
        .filter(node -> node.memoryBytes() >= domain.memoryBytes())
        .max(
            Comparator.comparingInt((NumaNode node) -> node.cpus().intersect(cpus).size())
                .thenComparing(Comparator.comparingInt(NumaNode::id).reversed()));
  }

  private static String options(ObservedDomain domain, CpuSet target) {
    StringBuilder options = new StringBuilder();
    for (int i = 0; i < domain.vcpus(); i++) {
      options.append("--vcpu ").append(i).append('=').append(target).append(' ');
    }
    return options.append("--emulator ").append(target).toString();
  }

  private static Optional<Plan> plan(Snapshot snapshot, ObservedDomain domain, CpuSet target) {
    CpuPins pins = CpuPins.uniform(domain.vcpus(), target);
    return new PinPlanner().plan(snapshot, domain.name(), pins)
            instanceof PlanResult.Planned(Plan plan)
        ? Optional.of(plan)
        : Optional.empty();
  }
}
