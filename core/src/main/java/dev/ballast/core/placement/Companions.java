package dev.ballast.core.placement;

import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The VMs of a list that affinity groups tie together, also by way of others. */
public final class Companions {
  private Companions() {}

  /** By VM: all that go with it, itself among them; VMs in no group are absent. */
  public static Map<VmName, List<VmSpec>> of(Collection<VmSpec> vms) {
    Map<String, Integer> setOf = new HashMap<>();
    List<List<VmSpec>> sets = new ArrayList<>();
    for (VmSpec vm : vms) {
      Set<Integer> joined = new TreeSet<>();
      vm.rules().affinity().forEach(group -> joined.add(setOf.getOrDefault(group, sets.size())));
      List<VmSpec> members = new ArrayList<>(List.of(vm));
      joined.stream()
          .filter(set -> set < sets.size())
          .forEach(set -> members.addAll(sets.get(set)));
      setOf.replaceAll((group, set) -> joined.contains(set) ? sets.size() : set);
      vm.rules().affinity().forEach(group -> setOf.put(group, sets.size()));
      sets.add(members);
    }
    Map<VmName, List<VmSpec>> result = new HashMap<>();
    for (int number : setOf.values()) {
      List<VmSpec> set = List.copyOf(sets.get(number));
      set.forEach(vm -> result.put(vm.name(), set));
    }
    return result;
  }
}
