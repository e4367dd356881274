package dev.ballast.core.balance;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host as relief sees it: its running VMs and the predicted load of each CPU.
 *
 * <pre>
 * load(CPU) = Σ demand of the vCPUs on it + max(0, busy(CPU) − Σ usage of the vCPUs on it)
 * </pre>
 *
 * The second part is what is no VM's: it stays where it is.
 */
final class HotHost {
  /** What a VM counts with, of its last usage and its demand, where that is known. */
  private interface Level {
    long millis(long usageMillis, @Nullable VmDemand demand);
  }

  private final Snapshot snapshot;
  private final HostView view;
  private final Topology topology;
  private final ReliefHistory history;
  private final long nowMillis;
  private final CpuSet owned;
  private final List<Guest> guests = new ArrayList<>();
  private final CpuLoads loads;

  /** By what the VMs are expected to want. */
  HotHost(
      Snapshot snapshot,
      HostView view,
      Map<VmName, VmDemand> demand,
      ReliefHistory history,
      long nowMillis) {
    this(
        snapshot,
        view,
        (usage, wants) -> Math.max(usage, wants == null ? 0 : wants.expectedMillis()),
        demand,
        history,
        nowMillis);
  }

  /** By what the VMs got on average, for certain. */
  static HotHost measured(
      Snapshot snapshot,
      HostView view,
      Map<VmName, VmDemand> demand,
      ReliefHistory history,
      long nowMillis) {
    return new HotHost(
        snapshot,
        view,
        (usage, wants) -> wants == null ? usage : wants.lowMillis(),
        demand,
        history,
        nowMillis);
  }

  private HotHost(
      Snapshot snapshot,
      HostView view,
      Level demandLevel,
      Map<VmName, VmDemand> demand,
      ReliefHistory history,
      long nowMillis) {
    this.snapshot = snapshot;
    this.view = view;
    this.topology = view.guestTopology();
    this.history = history;
    this.nowMillis = nowMillis;
    this.owned = dedicatedCpus();
    CpuSet online = view.inventory().topology().onlineCpus();
    this.loads = new CpuLoads(online);
    Map<VmName, VmLoad> last = new HashMap<>();
    view.load().vms().forEach(load -> last.put(load.vm(), load));
    CpuLoads measured = new CpuLoads(online);
    for (ObservedDomain domain : view.domains().values()) {
      if (domain.state().isActive() && domain.livePins().isPresent() && domain.vcpus() > 0) {
        VmLoad load = last.get(domain.name());
        long usage = load == null ? 0 : load.usageMillis();
        long total = demandLevel.millis(usage, demand.get(domain.name()));
        CpuPins pins = domain.livePins().get();
        Guest guest = guest(domain, pins, Math.ceilDiv(total, domain.vcpus()));
        guests.add(guest);
        loads.add(pins, guest.perVcpuMillis());
        measured.add(pins, usage / domain.vcpus());
      }
    }
    for (CpuLoad cpu : view.load().cpus()) {
      if (online.contains(cpu.cpu())) {
        loads.add(cpu.cpu(), Math.max(0, cpu.busyMillis() - measured.of(cpu.cpu())));
      }
    }
  }

  private CpuSet dedicatedCpus() {
    List<CpuSet> all = new ArrayList<>();
    for (Assignment assignment : snapshot.assignments().values()) {
      if (!assignment.host().equals(view.name())) {
        continue;
      }
      VmSpec spec = snapshot.specs().get(assignment.vm());
      if (spec != null && spec.cpuPolicy() == CpuPolicy.DEDICATED) {
        CpuSet own = assignment.pins().allVcpuCpus();
        for (CpuSet core : topology.cores()) {
          if (core.intersects(own)) {
            all.add(core);
          }
        }
        all.add(own);
      }
    }
    return CpuSet.union(all);
  }

  private Guest guest(ObservedDomain domain, CpuPins pins, long perVcpuMillis) {
    VmName vm = domain.name();
    VmSpec spec = snapshot.specs().get(vm);
    Assignment assignment = snapshot.assignments().get(vm);
    Automation level =
        snapshot
            .automation()
            .and(view.automation())
            .and(spec == null ? Automation.OFF : spec.automation());
    CpuSet own = pins.allVcpuCpus();
    CpuSet near = CpuSet.EMPTY;
    for (NumaNode node : topology.numaNodes()) {
      near = node.cpus().intersects(own) ? near.union(node.cpus()) : near;
    }
    String fixed =
        spec == null || assignment == null || !assignment.host().equals(view.name())
            ? "Ballast did not place it"
            : fixed(spec, assignment, domain, level);
    boolean bound = spec != null && spec.resources().hugepageBytes().isPresent();
    return new Guest(vm, pins, perVcpuMillis, fixed, level, near.minus(owned), bound);
  }

  /** Why the VM may not move; empty when it may. */
  private String fixed(
      VmSpec spec, Assignment assignment, ObservedDomain domain, Automation level) {
    long rest = history.vmRestMillis(spec.name(), nowMillis);
    if (snapshot.frozenVms().contains(spec.name())) {
      return "it is frozen";
    } else if (spec.pins().isPresent()) {
      return "its pins are written in its specification";
    } else if (assignment.override()) {
      return "an operator pinned it";
    } else if (spec.cpuPolicy() == CpuPolicy.DEDICATED) {
      return "its CPUs are dedicated";
    } else if (assignment.cells() > 1) {
      return "it is split over NUMA nodes";
    } else if (level == Automation.OFF) {
      return "automation is off for it";
    } else if (domain.state() != DomainState.RUNNING) {
      return "it is " + domain.state();
    } else if (rest > 0) {
      return "it was moved a short time ago and rests for " + rest / 1000 + " s more";
    }
    return "";
  }

  HostView view() {
    return view;
  }

  HostName name() {
    return view.name();
  }

  List<Guest> guests() {
    return guests;
  }

  CpuLoads loads() {
    return loads;
  }

  /** The CPUs that shared VMs may use. */
  CpuSet sharedCpus() {
    return topology.onlineCpus().minus(owned);
  }

  /** What the running VMs want together. */
  long demandMillis() {
    return guests.stream().mapToLong(Guest::demandMillis).sum();
  }
}
