package dev.ballast.core.check;

import dev.ballast.core.check.HostUse.Taken;
import dev.ballast.core.check.Presence.Standing;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.NumaNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether each VM that a plan starts has room and company as specified, in the worst order. */
final class RoomCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final Presence presence;
  private final List<Violation> violations;
  private final Map<HostName, HostUse> usual = new HashMap<>();

  /** The VMs of each group of anti-affinity. */
  private final Map<String, Set<VmName>> apart = new HashMap<>();

  RoomCheck(
      Snapshot snapshot,
      PlanChecker.Wanted wanted,
      Order order,
      Presence presence,
      List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.presence = presence;
    this.violations = violations;
    for (VmSpec spec : wanted.specs().values()) {
      for (String group : spec.antiAffinity()) {
        apart.computeIfAbsent(group, _ -> new HashSet<>()).add(spec.name());
      }
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

  void run() {
    for (PlanStep step : order.steps()) {
      Optional<Presence.Arrival> arrival = Presence.arrival(step);
      if (arrival.isPresent() && snapshot.hosts().containsKey(step.host())) {
        HostView host = snapshot.hosts().get(arrival.get().host());
        if (host != null) {
          memory(step, host, use(step, host));
          company(step, host, arrival.get().vm());
          allowed(step, host, arrival.get().vm());
        }
      }
    }
  }

  /** What the VMs take that may run on the host at once after the step, in the worst order. */
  private HostUse use(PlanStep step, HostView host) {
    HostUse use = usual.computeIfAbsent(host.name(), _ -> usual(host)).copy();
    for (VmName vm : presence.exceptions(host.name(), step.number())) {
      taken(host, vm, presence.usual(host.name(), vm)).ifPresent(use::remove);
      taken(host, vm, presence.standing(host.name(), vm, step.number())).ifPresent(use::add);
    }
    return use;
  }

  private HostUse usual(HostView host) {
    HostUse use = new HostUse(host.inventory().topology());
    for (VmName vm : presence.vms(host.name())) {
      taken(host, vm, presence.usual(host.name(), vm)).ifPresent(use::add);
    }
    return use;
  }

  private Optional<Taken> taken(HostView host, VmName vm, Standing standing) {
    ObservedDomain domain = host.domains().get(vm);
    return switch (standing) {
      case ABSENT -> Optional.empty();
      case STAYS ->
          Optional.ofNullable(domain)
              .map(present -> taken(vm, present.memoryBytes(), pins(host, present)));
      case COMES -> Optional.of(starting(vm, domain));
    };
  }

  private Optional<CpuPins> pins(HostView host, ObservedDomain domain) {
    Assignment assignment = wanted.assignments().get(domain.name());
    return assignment != null
            && assignment.host().equals(host.name())
            && assignment.pins().vcpus().size() == domain.vcpus()
        ? Optional.of(assignment.pins())
        : domain.livePins();
  }

  private Taken starting(VmName vm, @Nullable ObservedDomain domain) {
    VmSpec spec = wanted.specs().get(vm);
    long guest = spec != null ? spec.memoryBytes() : domain == null ? 0 : domain.memoryBytes();
    Assignment assignment = wanted.assignments().get(vm);
    return taken(vm, guest, Optional.ofNullable(assignment).map(Assignment::pins));
  }

  private void memory(PlanStep step, HostView host, HostUse use) {
    long kept = 0;
    List<NumaNode> nodes = host.inventory().topology().numaNodes();
    for (int i = 0; i < nodes.size(); i++) {
      NumaNode node = nodes.get(i);
      Map<Long, Long> pools = pools(host, node);
      long keptHere =
          pools.entrySet().stream().mapToLong(pool -> pool.getKey() * pool.getValue()).sum();
      kept += keptHere;
      String where = "NUMA node " + node.id() + " of " + host.name();
      if (node.memoryBytes() > 0 && use.nodeBytes(i) > node.memoryBytes() - keptHere) {
        report(Rule.MEMORY, step, where + " lacks memory for its VMs");
      }
      use.nodePages(i)
          .forEach(
              (size, count) -> {
                if (count > pools.getOrDefault(size, 0L)) {
                  report(
                      Rule.HUGEPAGES,
                      step,
                      where + " lacks hugepages of " + size + " bytes: " + count);
                }
              });
    }
    long ordinary = host.inventory().memoryBytes() - kept;
    if (use.memoryBytes() > ordinary) {
      report(
          Rule.MEMORY, step, host.name() + " has " + ordinary + " bytes for " + use.memoryBytes());
    }
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

  private void company(PlanStep step, HostView host, VmName vm) {
    VmSpec spec = wanted.specs().get(vm);
    if (spec == null) {
      return;
    }
    SortedSet<VmName> others = new TreeSet<>();
    spec.antiAffinity().forEach(group -> others.addAll(members(group)));
    others.remove(vm);
    for (VmName other : others) {
      if (presence.mayRun(host.name(), other, step.number())) {
        for (String group : spec.antiAffinity()) {
          if (members(group).contains(other)) {
            report(
                Rule.ANTI_AFFINITY,
                step,
                vm + " and " + other + " of '" + group + "' would both run on " + host.name());
          }
        }
      }
    }
  }

  private Set<VmName> members(String group) {
    return apart.getOrDefault(group, Set.of());
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
