package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.placement.Veto;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds hosts for many new VMs together, and seats each on its host; those that find no seat there,
 * and few VMs, go one by one to the host that is best for each.
 */
public final class JointPlacer implements Placer {
  /** Fewer new VMs are placed one by one. */
  static final int BATCH = 8;

  private final BestFitPlacer single = new BestFitPlacer();

  @Override
  public PlacementResult place(Snapshot snapshot, List<VmSpec> vms, PlacementPolicy policy) {
    Set<VmName> known = new HashSet<>(snapshot.assignments().keySet());
    snapshot.hosts().values().forEach(view -> known.addAll(view.domains().keySet()));
    List<VmSpec> coming =
        vms.stream().filter(vm -> isSimple(vm) && !known.contains(vm.name())).toList();
    Map<VmName, HostName> hosts =
        coming.size() < BATCH ? Map.of() : JointHosts.of(snapshot, coming, policy);
    return single.place(snapshot, vms, policy, hosts);
  }

  /** Whether memory and vCPUs are what decides whether it fits. */
  private static boolean isSimple(VmSpec vm) {
    return vm.pins().isEmpty() && vm.resources().hugepageBytes().isEmpty();
  }

  @Override
  public List<Veto> vetoes(Snapshot snapshot, VmSpec vm, HostName host, PlacementPolicy policy) {
    return single.vetoes(snapshot, vm, host, policy);
  }
}
