package dev.ballast.core.spec;

import dev.ballast.core.drift.DesiredSwitch;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.settings.Suggestion;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Checks networks, and the cards of VMs that name one, against each other and the cluster. */
final class NetworkCheck {
  private final Snapshot snapshot;
  private final Faults faults;

  NetworkCheck(Snapshot snapshot, Faults faults) {
    this.snapshot = snapshot;
    this.faults = faults;
  }

  void check(List<LocatedVm> vms, List<LocatedNetwork> networks) {
    networks.forEach(this::unknownHosts);
    contradictions(networks);
    SortedSet<NetworkName> known = new TreeSet<>(snapshot.networks().keySet());
    networks.forEach(network -> known.add(network.spec().name()));
    vms.forEach(vm -> unknownNetworks(vm, known));
  }

  private void unknownHosts(LocatedNetwork network) {
    List<String> known = snapshot.hosts().keySet().stream().map(HostName::value).toList();
    for (HostName host : network.spec().hosts()) {
      if (!known.isEmpty() && !snapshot.hosts().containsKey(host)) {
        faults.add(
            network.locate(LocatedVm.hostKey(host)),
            "unknown host '" + host + "'",
            Suggestion.hint(host.value(), known).orElse("'ballast hosts' lists the known ones"));
      }
    }
  }

  private void contradictions(List<LocatedNetwork> networks) {
    for (int i = 0; i < networks.size(); i++) {
      LocatedNetwork later = networks.get(i);
      for (LocatedNetwork earlier : networks.subList(0, i)) {
        contradiction(earlier.spec(), later);
      }
    }
  }

  private void contradiction(NetworkSpec earlier, LocatedNetwork later) {
    DesiredSwitch.contradiction(earlier, later.spec())
        .ifPresent(
            text ->
                faults.add(later.locate("uplinks"), text, "write the same for both, or only once"));
  }

  private void unknownNetworks(LocatedVm vm, SortedSet<NetworkName> known) {
    for (int i = 0; i < vm.spec().nics().size(); i++) {
      NicSpec nic = vm.spec().nics().get(i);
      if (nic.network().isPresent() && !known.contains(nic.network().get())) {
        List<String> names = known.stream().map(NetworkName::value).toList();
        faults.add(
            vm.locate("nics[" + i + "].network"),
            "unknown network '" + nic.network().get() + "'",
            Suggestion.hint(nic.network().get().value(), names)
                .orElse("write it with 'kind: Network', or " + some(names)));
      }
    }
  }

  private static String some(List<String> names) {
    return names.isEmpty() ? "name a bridge" : "use one of " + String.join(", ", names);
  }
}
