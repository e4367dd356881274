package dev.ballast.core.balance;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import java.util.Map;

/** Decides what ends a hot spot. Pure: time and history are arguments. */
public interface Relief {
  /**
   * Decides about one alert of a host of the snapshot.
   *
   * @param demand of the host's VMs; a VM that it does not name counts by its last sample
   * @param nowMillis the decider's time, epoch milliseconds
   */
  ReliefDecision decide(
      Snapshot snapshot,
      HostName host,
      CpuAlert alert,
      Map<VmName, VmDemand> demand,
      ReliefPolicy policy,
      ReliefHistory history,
      long nowMillis);
}
