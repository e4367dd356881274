package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.LibvirtNetworkSpec;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Placement;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.placement.Unplaceable;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans how a cluster gets from what is observed to what a folder of specifications says. Pure.
 *
 * <p>A running VM is never restarted: what changes only at its next start is defined and said so.
 */
public final class ApplyPlanner {
  private final Placer placer;

  public ApplyPlanner() {
    this(new JointPlacer());
  }

  public ApplyPlanner(Placer placer) {
    this.placer = placer;
  }

  /** As {@link #plan(Snapshot, List, PlacementPolicy, boolean)}, leaving undeclared VMs alone. */
  public PlanResult plan(Snapshot snapshot, List<VmSpec> desired, PlacementPolicy policy) {
    return plan(snapshot, desired, policy, false);
  }

  /**
   * Plans for the whole declared folder.
   *
   * @param desired every VM of the folder, each name once
   * @param prune whether VMs that are specified in the snapshot but not in the folder are to be
   *     shut down and undefined; otherwise they are left alone
   */
  public PlanResult plan(
      Snapshot snapshot, List<VmSpec> desired, PlacementPolicy policy, boolean prune) {
    return plan(snapshot, new Declared(desired, List.of()), policy, prune);
  }

  /**
   * What a folder declares.
   *
   * @param vms each name once
   * @param networks each name once
   * @param images each name once
   * @param libvirtNetworks each name once
   */
  public record Declared(
      List<VmSpec> vms,
      List<NetworkSpec> networks,
      List<ImageSpec> images,
      List<LibvirtNetworkSpec> libvirtNetworks) {
    /** What a folder declares that names no networks of libvirt. */
    public Declared(List<VmSpec> vms, List<NetworkSpec> networks, List<ImageSpec> images) {
      this(vms, networks, images, List.of());
    }

    /** What a folder declares that names no images. */
    public Declared(List<VmSpec> vms, List<NetworkSpec> networks) {
      this(vms, networks, List.of());
    }

    public Declared {
      images = List.copyOf(images);
      vms = List.copyOf(vms);
      networks = List.copyOf(networks);
      libvirtNetworks = List.copyOf(libvirtNetworks);
    }
  }

  /**
   * As above, with the networks of the folder; their bridges come before the VMs that need them.
   */
  public PlanResult plan(
      Snapshot snapshot, Declared declared, PlacementPolicy policy, boolean prune) {
    PlanDraft draft = new PlanDraft(snapshot);
    SortedMap<VmName, VmSpec> wanted = new TreeMap<>();
    for (VmSpec spec : declared.vms()) {
      if (wanted.put(spec.name(), spec) != null) {
        draft.problem(spec.name(), "is specified twice");
      }
    }
    SortedMap<VmName, Assignment> located = locate(snapshot, wanted, draft);
    if (draft.hasProblems()) {
      return draft.finish("", Origin.OPERATOR);
    }
    SortedMap<NetworkName, NetworkSpec> networks = networks(snapshot, declared, prune);
    Snapshot merged = merged(snapshot, wanted, located).withNetworks(networks);
    Set<VmName> leaving = leaving(snapshot, wanted, prune);
    Relocation relocation = new Relocation(snapshot, draft);
    List<VmSpec> seatless = seatless(snapshot, merged, wanted, located, relocation, draft);
    if (draft.hasProblems()) {
      return draft.finish("", Origin.OPERATOR);
    }
    PlacementResult placement = placer.place(merged, seatless, policy);
    placement.unplaceable().values().forEach(u -> explain(u, located, relocation, draft));
    if (draft.hasProblems()) {
      return draft.finish("", Origin.OPERATOR);
    }
    SortedMap<VmName, Assignment> assigned = new TreeMap<>(located);
    seat(placement, merged, located, relocation, assigned, draft);
    checkUsers(merged, leaving, assigned, draft);
    ImageSteps images = new ImageSteps(snapshot, draft);
    images.add(declared.images());
    SwitchSteps switches = new SwitchSteps(snapshot, networks, draft);
    switches.add(concerned(snapshot, declared, networks), leaving);
    VolumeSteps volumes = new VolumeSteps(snapshot, images, draft);
    VmSteps steps =
        new VmSteps(
            snapshot, merged, switches, volumes, wanted, assigned, placement.yielding(), draft);
    steps.add();
    relocation.add(wanted, placement.placed(), steps);
    int removed = prune ? new Pruning(snapshot, wanted, steps, volumes, draft).add() : 0;
    switches.addLate(host -> stepsOn(snapshot, host, leaving, steps));
    new LibvirtNetworkSteps(snapshot, declared.libvirtNetworks(), prune, draft).add();
    overrides(declared, networks, draft);
    String title = title(snapshot, wanted, located, removed);
    return draft.finish(
        title
            + counted(declared.networks().size(), "network")
            + counted(declared.libvirtNetworks().size(), "network", " of libvirt")
            + counted(declared.images().size(), "image"),
        Origin.OPERATOR);
  }

  private static String counted(int count, String what) {
    return counted(count, what, "");
  }

  private static String counted(int count, String what, String after) {
    return count == 0 ? "" : "; " + count + " " + what + (count == 1 ? "" : "s") + after;
  }

  /** The networks to be: pruning leaves those that an operator's verb made. */
  private static SortedMap<NetworkName, NetworkSpec> networks(
      Snapshot snapshot, Declared declared, boolean prune) {
    SortedMap<NetworkName, NetworkSpec> networks = new TreeMap<>(snapshot.networks());
    if (prune) {
      networks.values().removeIf(network -> !network.override());
    }
    declared.networks().forEach(network -> networks.put(network.name(), network));
    return networks;
  }

  private static Set<NetworkName> concerned(
      Snapshot snapshot, Declared declared, SortedMap<NetworkName, NetworkSpec> networks) {
    Set<NetworkName> concerned = new TreeSet<>(snapshot.networks().keySet());
    concerned.removeAll(networks.keySet());
    declared.networks().forEach(network -> concerned.add(network.name()));
    return concerned;
  }

  private static Set<VmName> leaving(
      Snapshot snapshot, SortedMap<VmName, VmSpec> wanted, boolean prune) {
    Set<VmName> leaving = new TreeSet<>();
    if (prune) {
      leaving.addAll(snapshot.specs().keySet());
      leaving.removeAll(wanted.keySet());
    }
    return leaving;
  }

  private static void checkUsers(
      Snapshot merged,
      Set<VmName> leaving,
      SortedMap<VmName, Assignment> assigned,
      PlanDraft draft) {
    SortedMap<VmName, VmSpec> staying = new TreeMap<>(merged.specs());
    staying.keySet().removeAll(leaving);
    SortedMap<VmName, Assignment> assignments = new TreeMap<>(merged.assignments());
    assignments.putAll(assigned);
    NetworkUsers.check(merged, staying, assignments, merged.networks(), draft);
  }

  private static List<PlanDraft.Step> stepsOn(
      Snapshot snapshot, HostName host, Set<VmName> vms, VmSteps steps) {
    return vms.stream()
        .map(vm -> snapshot.assignments().get(vm))
        .filter(assignment -> assignment != null && assignment.host().equals(host))
        .flatMap(assignment -> steps.chain(assignment).steps().stream())
        .toList();
  }

  private static void overrides(
      Declared declared, SortedMap<NetworkName, NetworkSpec> networks, PlanDraft draft) {
    Set<NetworkName> names = new TreeSet<>();
    declared.networks().forEach(network -> names.add(network.name()));
    for (NetworkSpec network : networks.values()) {
      if (network.override() && !names.contains(network.name())) {
        draft.decide(
            new Decision(
                "operator",
                Optional.empty(),
                "network " + network.name() + " was set by an operator and stays",
                "none",
                "none",
                List.of()));
      }
    }
  }

  private static SortedMap<VmName, Assignment> locate(
      Snapshot snapshot, SortedMap<VmName, VmSpec> wanted, PlanDraft draft) {
    SortedMap<VmName, Assignment> located = new TreeMap<>();
    for (VmSpec spec : wanted.values()) {
      switch (Located.of(snapshot, spec)) {
        case Located.Nowhere() -> {}
        case Located.On(Assignment assignment) -> located.put(spec.name(), assignment);
        case Located.Disputed(String problem) -> draft.problem(spec.name(), problem);
      }
    }
    return located;
  }

  /** The snapshot as if what is wanted was specified already. */
  private static Snapshot merged(
      Snapshot snapshot, SortedMap<VmName, VmSpec> wanted, SortedMap<VmName, Assignment> located) {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>(snapshot.specs());
    specs.putAll(wanted);
    SortedMap<VmName, Assignment> assignments = new TreeMap<>(snapshot.assignments());
    assignments.putAll(located);
    return new Snapshot(
        snapshot.version(),
        snapshot.cluster(),
        snapshot.automation(),
        snapshot.frozen(),
        snapshot.hosts(),
        specs,
        assignments,
        snapshot.desiredKsm(),
        snapshot.frozenVms(),
        snapshot.limitOverrides(),
        snapshot.networks(),
        snapshot.desiredSettings());
  }

  /** New VMs as they are; VMs that changed or are to start bound to where they are. */
  private static List<VmSpec> seatless(
      Snapshot snapshot,
      Snapshot merged,
      SortedMap<VmName, VmSpec> wanted,
      SortedMap<VmName, Assignment> located,
      Relocation relocation,
      PlanDraft draft) {
    List<VmSpec> result = new ArrayList<>();
    for (VmSpec spec : wanted.values()) {
      Assignment assignment = located.get(spec.name());
      if (assignment == null) {
        result.add(spec);
        continue;
      }
      HostView host = snapshot.hosts().get(assignment.host());
      boolean changed = !spec.equals(snapshot.specs().get(spec.name()));
      if (host == null || !host.connected()) {
        unreachable(spec, assignment, changed, draft);
      } else if (!spec.hosts().isEmpty() && !spec.hosts().contains(assignment.host())) {
        relocation.seek(spec, assignment).ifPresent(result::add);
      } else if (Stay.needsSeat(merged, snapshot.specs().get(spec.name()), spec, assignment)) {
        result.add(Stay.bound(snapshot, spec, assignment));
      }
    }
    return result;
  }

  private static void unreachable(
      VmSpec spec, Assignment assignment, boolean changed, PlanDraft draft) {
    if (changed) {
      draft.problem(
          spec.name(), "is on " + assignment.host() + ", which is not connected; start its agent");
    } else {
      draft.decide(
          "wait",
          spec.name(),
          assignment.host() + " is not connected: what it needs there cannot be seen now",
          "none",
          "none");
    }
  }

  private static void explain(
      Unplaceable unplaceable,
      SortedMap<VmName, Assignment> located,
      Relocation relocation,
      PlanDraft draft) {
    Assignment assignment = located.get(unplaceable.vm());
    if (assignment == null || relocation.concerns(unplaceable.vm())) {
      draft.problem(unplaceable.vm(), unplaceable.message());
      return;
    }
    List<Veto> vetoes = unplaceable.vetoes().getOrDefault(assignment.host(), List.of());
    draft.problem(
        unplaceable.vm(),
        "cannot stay on "
            + assignment.host()
            + " and be as specified: it "
            + String.join(", ", vetoes.stream().map(Veto::reason).toList())
            + "; smallest change: "
            + String.join(" and ", vetoes.stream().map(Veto::smallestChange).toList()));
  }

  private static void seat(
      PlacementResult placement,
      Snapshot merged,
      SortedMap<VmName, Assignment> located,
      Relocation relocation,
      SortedMap<VmName, Assignment> assigned,
      PlanDraft draft) {
    for (Placement placed : placement.placed().values()) {
      VmName vm = placed.assignment().vm();
      Assignment before = located.get(vm);
      if (relocation.concerns(vm)) {
        assigned.remove(vm);
        continue;
      }
      if (before == null) {
        assigned.put(vm, placed.assignment());
        draft.decide(placed.decision());
        continue;
      }
      CpuPins pins = placed.assignment().pins();
      boolean override = before.override() && pins.equals(before.pins());
      assigned.put(vm, placed.assignment().withOverride(override));
    }
    placement.yielding().forEach((vm, pins) -> yieldCpus(vm, pins, merged, assigned));
  }

  private static void yieldCpus(
      VmName vm, CpuPins pins, Snapshot merged, SortedMap<VmName, Assignment> assigned) {
    Assignment former = assigned.getOrDefault(vm, merged.assignments().get(vm));
    if (former != null) {
      assigned.put(vm, former.withPins(pins));
    }
  }

  private static String title(
      Snapshot snapshot,
      SortedMap<VmName, VmSpec> wanted,
      SortedMap<VmName, Assignment> located,
      int removed) {
    long added = wanted.keySet().stream().filter(vm -> !located.containsKey(vm)).count();
    long changed =
        wanted.values().stream()
            .filter(spec -> located.containsKey(spec.name()))
            .filter(spec -> !spec.equals(snapshot.specs().get(spec.name())))
            .count();
    return "apply "
        + wanted.size()
        + " specified VMs: "
        + added
        + " new, "
        + changed
        + " changed, "
        + removed
        + " removed";
  }
}
