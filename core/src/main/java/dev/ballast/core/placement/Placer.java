package dev.ballast.core.placement;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import java.util.List;

/** Decides where VMs go. Pure: the same input gives the same result. */
public interface Placer {
  /**
   * Places the VMs, all against one another. VMs of the list that the snapshot holds already are
   * thought away first; the others stay where they are.
   */
  PlacementResult place(Snapshot snapshot, List<VmSpec> vms, PlacementPolicy policy);

  /**
   * Why the host cannot take the VM, thought away from where it is now; empty when it can.
   *
   * @throws IllegalArgumentException if the snapshot has no such host
   */
  List<Veto> vetoes(Snapshot snapshot, VmSpec vm, HostName host, PlacementPolicy policy);
}
