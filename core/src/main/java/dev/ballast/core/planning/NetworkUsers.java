package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** The VMs that are in networks. */
final class NetworkUsers {
  private NetworkUsers() {}

  /** The networks that the VM's cards are in. */
  static Set<NetworkName> networks(VmSpec spec) {
    SortedSet<NetworkName> names = new TreeSet<>();
    for (NicSpec nic : spec.nics()) {
      nic.network().ifPresent(name -> names.add(name));
    }
    return names;
  }

  /** Tells the draft of VMs whose network would not be, or not where they are. */
  static void check(
      Snapshot snapshot,
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      SortedMap<NetworkName, NetworkSpec> wanted,
      PlanDraft draft) {
    for (VmSpec spec : specs.values()) {
      for (NetworkName name : networks(spec)) {
        NetworkSpec network = wanted.get(name);
        Assignment assignment = assignments.get(spec.name());
        if (network == null) {
          draft.problem(
              spec.name(),
              snapshot.networks().containsKey(name)
                  ? "is in network " + name + ", which would be removed: take it out first"
                  : "is in network " + name + ", which nobody specified");
        } else if (assignment != null && !network.isOn(assignment.host())) {
          draft.problem(
              spec.name(),
              "is on "
                  + assignment.host()
                  + ", where its network "
                  + name
                  + " would not be: add the host to the network");
        }
      }
    }
  }
}
