package dev.ballast.core.placement;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The devices of a host that a VM could be given, by pool: those that it has already first, then
 * those of its NUMA nodes, then by address.
 */
final class DevicePick {
  private final SortedMap<String, Integer> wanted;
  private final SortedMap<String, List<HostDevice>> open = new TreeMap<>();
  private final Set<String> own;
  private final List<Veto> vetoes = new ArrayList<>();

  DevicePick(HostUse use, VmSpec vm) {
    wanted = vm.resources().devices();
    own =
        wanted.isEmpty()
            ? Set.of()
            : use.former(vm.name()).map(Assignment::devices).orElse(List.of()).stream()
                .map(AssignedDevice::address)
                .collect(Collectors.toSet());
    Set<String> taken = wanted.isEmpty() ? Set.of() : use.takenDevices();
    wanted.forEach(
        (pool, count) -> {
          List<HostDevice> all =
              use.view().inventory().devices().stream()
                  .filter(device -> device.pool().equals(pool))
                  .toList();
          List<HostDevice> free =
              all.stream().filter(device -> !taken.contains(device.address())).toList();
          open.put(pool, free);
          if (free.size() < count) {
            vetoes.add(
                new ResourceVeto.NotEnoughDevices(
                    use.view().name(), pool, count, free.size(), all.size()));
          }
        });
  }

  List<Veto> vetoes() {
    return vetoes;
  }

  /** How many of the wanted devices would be at other nodes. */
  int remote(NumaNode node) {
    int remote = 0;
    for (Map.Entry<String, Integer> pool : wanted.entrySet()) {
      long near =
          open.getOrDefault(pool.getKey(), List.of()).stream()
              .filter(device -> isNear(device, List.of(node)))
              .count();
      remote += Math.toIntExact(Math.max(0, pool.getValue() - near));
    }
    return remote;
  }

  private static boolean isNear(HostDevice device, List<NumaNode> nodes) {
    return device.node() == HostDevice.NO_NODE
        || nodes.stream().anyMatch(node -> node.id() == device.node());
  }

  /** The devices of a VM on these nodes; as many as there are. */
  List<AssignedDevice> pick(List<NumaNode> nodes) {
    Comparator<HostDevice> order =
        Comparator.comparing((HostDevice device) -> !own.contains(device.address()))
            .thenComparing(device -> !isNear(device, nodes))
            .thenComparing(HostDevice::address);
    List<AssignedDevice> picked = new ArrayList<>();
    open.forEach(
        (pool, free) ->
            free.stream()
                .sorted(order)
                .limit(wanted.getOrDefault(pool, 0))
                .forEach(device -> picked.add(device.assigned())));
    return picked;
  }
}
