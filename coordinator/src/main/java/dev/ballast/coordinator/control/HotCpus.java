package dev.ballast.coordinator.control;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;

/** Sees in telemetry what an alert that got lost would have said. */
final class HotCpus {
  private HotCpus() {}

  /** An alert about the CPUs busier than that; the sample is all it knows. */
  static Optional<CpuAlert> of(HostView host, long targetMillis) {
    CpuSet cpus =
        CpuSet.of(
            host.load().cpus().stream()
                .filter(cpu -> cpu.busyMillis() > targetMillis)
                .map(CpuLoad::cpu)
                .toList());
    if (cpus.isEmpty()) {
      return Optional.empty();
    }
    long busy =
        host.load().cpus().stream()
            .filter(cpu -> cpus.contains(cpu.cpu()))
            .mapToLong(CpuLoad::busyMillis)
            .sum();
    List<VmName> vms =
        host.domains().values().stream()
            .filter(domain -> domain.livePins().isPresent())
            .filter(domain -> domain.livePins().get().allVcpuCpus().intersects(cpus))
            .map(domain -> domain.name())
            .toList();
    long sampled = host.load().epochMillis();
    return Optional.of(
        new CpuAlert(
            sampled, sampled, CpuAlert.Kind.HOT_CPUS, cpus, busy, targetMillis * cpus.size(), vms));
  }
}
