package dev.ballast.core.placement;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which hosts a running guest can go on, as far as inventories tell: reached by libvirt, QEMU no
 * older (its machine type and device states must be known there), and for KVM guests every CPU flag
 * of the host that it runs on.
 */
public final class MigrationFit {
  /** At most so many missing CPU flags are named. */
  private static final int FLAGS_NAMED = 8;

  private MigrationFit() {}

  /** The hosts that can take the VM from its host, and why each of the others cannot. */
  public record Targets(SortedSet<HostName> possible, SortedMap<HostName, String> refused) {}

  /** The targets among all hosts but the VM's own. */
  public static Targets of(Snapshot snapshot, VmSpec vm, HostName from) {
    SortedSet<HostName> possible = new TreeSet<>();
    SortedMap<HostName, String> refused = new TreeMap<>();
    HostView source = snapshot.hosts().get(from);
    for (HostView target : snapshot.hosts().values()) {
      if (target.name().equals(from)) {
        continue;
      }
      Optional<String> obstacle =
          source == null ? Optional.of("is unknown") : obstacle(vm, source, target);
      obstacle.ifPresentOrElse(
          why -> refused.put(target.name(), why), () -> possible.add(target.name()));
    }
    return new Targets(possible, refused);
  }

  /** Why the guest cannot go on there; empty when it can. */
  public static Optional<String> obstacle(VmSpec vm, HostView source, HostView target) {
    if (target.inventory().migrationUri().isEmpty()) {
      return Optional.of(noEndpoint(target));
    }
    ObservedDomain domain = source.domains().get(vm.name());
    if (domain != null && !domain.snapshots().isEmpty()) {
      return Optional.of(
          "cannot take over its snapshot "
              + domain.snapshots().getFirst().name()
              + ", which lies in the disks of "
              + source.name()
              + ": 'ballast snapshots "
              + vm.name()
              + "' lists what to delete first");
    }
    String lack = source.inventory().lacks().get(Capability.MIGRATION);
    if (lack != null) {
      return Optional.of("cannot be reached from " + source.name() + ", which sends none: " + lack);
    }
    return olderQemu(source.inventory(), target.inventory())
        .or(() -> missingFlags(vm, source.inventory(), target.inventory()));
  }

  /** Why no VM can come to the host. */
  public static String noEndpoint(HostView target) {
    String lack = target.inventory().lacks().get(Capability.MIGRATION);
    return "takes no migration: " + (lack == null ? "set migration.uri in its agent.yaml" : lack);
  }

  private static Optional<String> olderQemu(HostInventory source, HostInventory target) {
    String here = source.versions().getOrDefault("qemu", "");
    String there = target.versions().getOrDefault("qemu", "");
    return !here.isEmpty() && !there.isEmpty() && isOlder(there, here)
        ? Optional.of(
            "has QEMU " + there + ", older than " + here + " that the guest runs on: update it")
        : Optional.empty();
  }

  private static boolean isOlder(String one, String other) {
    List<Integer> first = numbers(one);
    List<Integer> second = numbers(other);
    for (int i = 0; i < Math.min(2, Math.min(first.size(), second.size())); i++) {
      if (!first.get(i).equals(second.get(i))) {
        return first.get(i) < second.get(i);
      }
    }
    return false;
  }

  private static List<Integer> numbers(String version) {
    List<Integer> result = new ArrayList<>();
    for (String part : version.split("[^0-9]+", 5)) {
      if (!part.isEmpty() && part.length() <= 6) {
        result.add(Integer.parseInt(part));
      }
    }
    return result;
  }

  private static Optional<String> missingFlags(
      VmSpec vm, HostInventory source, HostInventory target) {
    boolean emulated =
        vm.type() == DomainType.QEMU
            || (vm.type() == DomainType.AUTO && !source.has(Capability.KVM));
    if (emulated) {
      return Optional.empty();
    }
    List<String> missing = new ArrayList<>(new TreeSet<>(source.cpuFlags()));
    missing.removeAll(target.cpuFlags());
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    String named = String.join(", ", missing.subList(0, Math.min(FLAGS_NAMED, missing.size())));
    return Optional.of(
        "lacks "
            + missing.size()
            + " CPU flags that the guest may use ("
            + named
            + (missing.size() > FLAGS_NAMED ? ", …" : "")
            + ")");
  }
}
