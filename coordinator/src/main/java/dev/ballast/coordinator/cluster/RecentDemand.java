package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.cluster.LoadHistory.Sample;
import dev.ballast.core.demand.DemandEstimator;
import dev.ballast.core.demand.DemandPolicy;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What VMs want, by what their hosts measured of them recently. */
public final class RecentDemand {
  private RecentDemand() {}

  /** The demand of all domains of all hosts. */
  public static SortedMap<VmName, VmDemand> of(
      Snapshot snapshot, LoadHistory history, DemandPolicy policy) {
    SortedMap<VmName, VmDemand> demand = new TreeMap<>();
    snapshot.hosts().values().forEach(host -> demand.putAll(of(host, history, policy)));
    return demand;
  }

  /** The demand of one host's domains; what they did on other hosts does not count. */
  public static SortedMap<VmName, VmDemand> of(
      HostView host, LoadHistory history, DemandPolicy policy) {
    SortedMap<VmName, VmDemand> demand = new TreeMap<>();
    host.domains()
        .forEach(
            (vm, domain) -> {
              List<VmLoad> window =
                  history.vm(vm).stream()
                      .filter(sample -> sample.host().equals(host.name()))
                      .map(Sample::load)
                      .toList();
              demand.put(vm, DemandEstimator.estimate(vm, window, domain.vcpus(), policy));
            });
    return demand;
  }
}
