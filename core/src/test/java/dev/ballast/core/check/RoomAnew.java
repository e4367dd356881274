package dev.ballast.core.check;

import dev.ballast.core.check.Presence.Standing;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Room and company of one arrival, added up anew from those who may run then. */
final class RoomAnew {
  private final PlanChecker.Wanted wanted;
  private final List<Violation> violations;

  RoomAnew(PlanChecker.Wanted wanted, List<Violation> violations) {
    this.wanted = wanted;
    this.violations = violations;
  }

  /**
   * What a VM takes; pins are absent where nobody knows them.
   *
   * @param memoryBytes of ordinary memory
   * @param pageBytes 0 where its memory is no hugepages
   */
  private record Taken(long memoryBytes, long pageBytes, long pages, Optional<CpuPins> pins) {
    /** The part of each of the nodes that it is on; nothing where its pins are not known. */
    Taken on(HostView host, NumaNode node) {
      CpuSet cpus = pins.map(CpuPins::allVcpuCpus).orElse(CpuSet.EMPTY);
      long nodes =
          host.inventory().topology().numaNodes().stream()
              .filter(each -> each.cpus().intersects(cpus))
              .count();
      return node.cpus().intersects(cpus)
          ? new Taken(
              (memoryBytes + nodes - 1) / nodes, pageBytes, (pages + nodes - 1) / nodes, pins)
          : new Taken(0, 0, 0, pins);
    }
  }

  private Taken taken(VmName vm, long guestBytes, Optional<CpuPins> pins) {
    VmSpec spec = wanted.specs().get(vm);
    long all = MemoryDemand.onHostBytes(guestBytes);
    if (spec == null || spec.resources().hugepageBytes().isEmpty()) {
      return new Taken(all, 0, 0, pins);
    }
    long size = spec.resources().hugepageBytes().get();
    return new Taken(all - guestBytes, size, (guestBytes + size - 1) / size, pins);
  }

  void arrival(PlanStep step, HostView host, VmName vm, Map<VmName, Standing> standing) {
    Map<VmName, Taken> running = new TreeMap<>();
    standing.forEach((name, how) -> running.put(name, taken(host, name, how)));
    memory(step, host, running);
    company(step, host, vm, running);
    allowed(step, host, vm);
  }

  private Taken taken(HostView host, VmName vm, Standing how) {
    if (how == Standing.COMES) {
      return starting(host, vm);
    }
    ObservedDomain domain = Objects.requireNonNull(host.domains().get(vm));
    return taken(vm, domain.memoryBytes(), pins(host, domain));
  }

  private Optional<CpuPins> pins(HostView host, ObservedDomain domain) {
    Assignment assignment = wanted.assignments().get(domain.name());
    return assignment != null
            && assignment.host().equals(host.name())
            && assignment.pins().vcpus().size() == domain.vcpus()
        ? Optional.of(assignment.pins())
        : domain.livePins();
  }

  private Taken starting(HostView host, VmName vm) {
    VmSpec spec = wanted.specs().get(vm);
    ObservedDomain domain = host.domains().get(vm);
    long guest = spec != null ? spec.memoryBytes() : domain == null ? 0 : domain.memoryBytes();
    Assignment assignment = wanted.assignments().get(vm);
    return taken(vm, guest, Optional.ofNullable(assignment).map(Assignment::pins));
  }

  private void memory(PlanStep step, HostView host, Map<VmName, Taken> running) {
    long kept = 0;
    for (NumaNode node : host.inventory().topology().numaNodes()) {
      Map<Long, Long> pools = pools(host, node);
      long keptHere =
          pools.entrySet().stream().mapToLong(pool -> pool.getKey() * pool.getValue()).sum();
      kept += keptHere;
      node(step, host, node, node.memoryBytes() - keptHere, pools, running);
    }
    long all = running.values().stream().mapToLong(Taken::memoryBytes).sum();
    long ordinary = host.inventory().memoryBytes() - kept;
    if (all > ordinary) {
      report(Rule.MEMORY, step, host.name() + " has " + ordinary + " bytes for " + all);
    }
  }

  private void node(
      PlanStep step,
      HostView host,
      NumaNode node,
      long ordinary,
      Map<Long, Long> pools,
      Map<VmName, Taken> running) {
    long bytes = 0;
    Map<Long, Long> pages = new TreeMap<>();
    for (Taken taken : running.values()) {
      Taken part = taken.on(host, node);
      bytes += part.memoryBytes();
      pages.merge(part.pageBytes(), part.pages(), Long::sum);
    }
    String where = "NUMA node " + node.id() + " of " + host.name();
    if (node.memoryBytes() > 0 && bytes > ordinary) {
      report(Rule.MEMORY, step, where + " lacks memory for its VMs");
    }
    pages.remove(0L);
    pages.forEach(
        (size, count) -> {
          if (count > pools.getOrDefault(size, 0L)) {
            report(
                Rule.HUGEPAGES, step, where + " lacks hugepages of " + size + " bytes: " + count);
          }
        });
  }

  /** How many pages the node has of each size, as seen last. */
  private static Map<Long, Long> pools(HostView host, NumaNode node) {
    Map<Long, Long> pools = new TreeMap<>();
    node.hugepages().forEach(pool -> pools.put(pool.pageSizeBytes(), pool.totalPages()));
    for (HostSetting setting : host.settings().values()) {
      if (setting instanceof HostSetting.Hugepages pages && pages.node() == node.id()) {
        pools.put(pages.pageSizeBytes(), pages.count());
      }
    }
    return pools;
  }

  private void company(PlanStep step, HostView host, VmName vm, Map<VmName, Taken> running) {
    VmSpec spec = wanted.specs().get(vm);
    if (spec == null) {
      return;
    }
    for (VmName other : running.keySet()) {
      VmSpec otherSpec = wanted.specs().get(other);
      if (otherSpec == null || other.equals(vm)) {
        continue;
      }
      for (String group : spec.antiAffinity()) {
        if (otherSpec.antiAffinity().contains(group)) {
          report(
              Rule.ANTI_AFFINITY,
              step,
              vm + " and " + other + " of '" + group + "' would both run on " + host.name());
        }
      }
    }
  }

  private void allowed(PlanStep step, HostView host, VmName vm) {
    VmSpec spec = wanted.specs().get(vm);
    if (spec != null && !spec.hosts().isEmpty() && !spec.hosts().contains(host.name())) {
      report(Rule.ALLOWED_HOSTS, step, vm + " may only run on " + spec.hosts());
    }
  }

  private void report(Rule rule, PlanStep step, String message) {
    violations.add(new Violation(rule, step.number(), message));
  }
}
