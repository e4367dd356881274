package dev.ballast.core.practice;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A CPU that one vCPU is pinned to alone belongs to no other, while CPUs without any are left. */
final class OverlappingPinsRule implements Rule {
  @Override
  public String id() {
    return "BL009";
  }

  @Override
  public String title() {
    return "no overlapping pins";
  }

  @Override
  public String why() {
    return "vCPUs that are pinned to the same CPU wait for each other beside CPUs that idle.";
  }

  @Override
  public List<Finding> examine(Snapshot snapshot, HostView host) {
    CpuSet free = host.inventory().topology().onlineCpus();
    SortedMap<Integer, List<VmName>> pinned = new TreeMap<>();
    for (ObservedDomain domain : host.domains().values()) {
      Optional<CpuPins> pins = domain.livePins();
      for (CpuSet cpus : pins.map(CpuPins::vcpus).orElse(List.of())) {
        free = free.minus(cpus);
        if (cpus.size() == 1) {
          pinned.computeIfAbsent(cpus.first(), cpu -> new ArrayList<>()).add(domain.name());
        }
      }
    }
    if (free.isEmpty()) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    for (var entry : pinned.entrySet()) {
      if (entry.getValue().size() > 1) {
        findings.add(finding(host, entry.getKey(), entry.getValue(), free));
      }
    }
    return findings;
  }

  private Finding finding(HostView host, int cpu, List<VmName> vcpus, CpuSet free) {
    SortedSet<VmName> vms = new TreeSet<>(vcpus);
    return new Finding(
        id(),
        Severity.WARNING,
        host.name(),
        Optional.of(vms.last()),
        "pins",
        vcpus.size() + " vCPUs of " + vms + " are pinned to CPU " + cpu + " alone",
        "ballast pin " + vms.last() + " to CPUs that no VM is pinned to: " + free,
        Optional.empty());
  }
}
