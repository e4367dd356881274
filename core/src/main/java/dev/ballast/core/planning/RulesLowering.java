package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Companions;
import dev.ballast.core.placement.HostFit;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.Seating.Taken;
import dev.ballast.core.planning.Lowering.Forbidden;
import dev.ballast.core.search.Rules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rules between VMs and hosts, lowered; what no VM needs costs nothing. */
final class RulesLowering {
  /** The host of VMs that are on none yet. */
  static final HostName NOWHERE = new HostName("nowhere.invalid");

  private final Snapshot snapshot;
  private final List<HostName> hosts;
  private final List<Taken> items;
  private final List<String> fixed;
  private final Set<HostName> closed;
  private final Map<VmName, SortedSet<HostName>> forbidden = new HashMap<>();
  private final List<long[]> rows = new ArrayList<>();
  private final Map<HostName, Integer> machineOf = new HashMap<>();
  private final Numbers<Object> machines = new Numbers<>();
  private final Map<Shape, Integer> profiles = new HashMap<>();

  RulesLowering(
      Snapshot snapshot,
      List<HostName> hosts,
      List<Taken> items,
      List<String> fixed,
      Set<Forbidden> forbidden,
      Set<HostName> closed) {
    this.closed = closed;
    this.snapshot = snapshot;
    this.hosts = hosts;
    this.items = items;
    this.fixed = fixed;
    for (Forbidden each : forbidden) {
      this.forbidden.computeIfAbsent(each.vm(), vm -> new TreeSet<>()).add(each.host());
    }
  }

  /** What decides on which hosts a VM may be: VMs of one shape share a row. */
  private record Shape(
      Set<HostName> hosts,
      Set<HostName> banned,
      SortedMap<String, String> labels,
      Set<String> tolerations,
      String type,
      Set<NetworkName> networks,
      String over,
      int machine,
      Set<HostName> forbidden) {}

  Rules rules() {
    int count = items.size();
    int[] profile = new int[count];
    int[][] apart = new int[count][0];
    int[] together = new int[count];
    int[] spread = new int[count];
    Arrays.fill(together, Rules.NO_SET);
    Arrays.fill(spread, Rules.NO_SET);
    rows.add(new long[(hosts.size() + 63) / 64]); // of those that do not move
    Numbers<String> groups = new Numbers<>();
    Numbers<String> spreadGroups = new Numbers<>();
    List<SpreadRule> spreadRules = new ArrayList<>();
    Map<VmName, Integer> sets = togetherSets();
    for (int item = 0; item < count; item++) {
      VmSpec spec = snapshot.specs().get(items.get(item).vm());
      if (spec == null) {
        continue;
      }
      apart[item] = spec.antiAffinity().stream().mapToInt(groups::of).toArray();
      together[item] = sets.getOrDefault(spec.name(), Rules.NO_SET);
      if (spec.rules().spread().isPresent()) {
        SpreadRule rule = spec.rules().spread().get();
        spread[item] = spreadGroups.of(rule.group());
        if (spread[item] == spreadRules.size()) {
          spreadRules.add(rule);
        }
      }
      if (fixed.get(item).isEmpty()) {
        profile[item] = profile(spec, items.get(item).host());
      }
    }
    return new Rules(
        profile,
        rows.toArray(long[][]::new),
        apart,
        together,
        spread,
        spreadRules.stream().mapToInt(SpreadRule::atMost).toArray(),
        new int[hosts.size()],
        spreadRules.stream().map(this::domains).toArray(int[][]::new));
  }

  /** Things by the number that each got when it was first asked for. */
  private static final class Numbers<T> {
    private final Map<T, Integer> numbers = new HashMap<>();

    int of(T thing) {
      return numbers.computeIfAbsent(thing, _ -> numbers.size());
    }
  }

  private Map<VmName, Integer> togetherSets() {
    Map<VmName, Integer> sets = new HashMap<>();
    Map<VmName, List<VmSpec>> companions = new TreeMap<>(Companions.of(snapshot.specs().values()));
    for (Map.Entry<VmName, List<VmSpec>> entry : companions.entrySet()) {
      if (!sets.containsKey(entry.getKey())) {
        int number = sets.size();
        entry.getValue().forEach(vm -> sets.put(vm.name(), number));
      }
    }
    return sets;
  }

  private int[] domains(SpreadRule rule) {
    Numbers<String> numbers = new Numbers<>();
    int[] domains = new int[hosts.size()];
    for (int bin = 0; bin < domains.length; bin++) {
      HostName host = hosts.get(bin);
      HostView view = snapshot.hosts().get(host);
      domains[bin] =
          numbers.of(
              view == null ? "" : view.inventory().traits().domain(rule.over(), host).orElse(""));
    }
    return domains;
  }

  private int profile(VmSpec spec, HostName from) {
    HostView source = snapshot.hosts().get(from);
    Set<NetworkName> networks = new TreeSet<>();
    spec.nics().forEach(nic -> nic.network().ifPresent(networks::add));
    Shape shape =
        new Shape(
            spec.hosts(),
            spec.rules().bannedHosts(),
            spec.rules().hostLabels(),
            spec.rules().tolerations(),
            spec.type().name(),
            networks,
            spec.rules().spread().map(SpreadRule::over).orElse(""),
            source == null
                ? -1
                : machineOf.computeIfAbsent(from, _ -> machines.of(machine(source))),
            forbidden.getOrDefault(spec.name(), new TreeSet<>()));
    Integer known = profiles.get(shape);
    if (known != null) {
      return known;
    }
    profiles.put(shape, rows.size());
    rows.add(row(spec, source));
    return rows.size() - 1;
  }

  /** What of a host decides where its VMs can migrate to. */
  private static Object machine(HostView source) {
    return List.of(
        source.inventory().cpuFlags(),
        source.inventory().versions().getOrDefault("qemu", ""),
        source.inventory().lacks());
  }

  private long[] row(VmSpec spec, @Nullable HostView source) {
    long[] row = new long[(hosts.size() + 63) / 64];
    SortedSet<HostName> forbiddenForVm = forbidden.getOrDefault(spec.name(), new TreeSet<>());
    for (int bin = 0; bin < hosts.size(); bin++) {
      HostView target = snapshot.hosts().get(hosts.get(bin));
      if (target != null
          && !closed.contains(target.name())
          && !forbiddenForVm.contains(target.name())
          && isOpen(spec, source, target)) {
        row[bin >> 6] |= 1L << bin;
      }
    }
    return row;
  }

  private boolean isOpen(VmSpec spec, @Nullable HostView source, HostView target) {
    boolean domain =
        spec.rules()
            .spread()
            .map(rule -> target.inventory().traits().domain(rule.over(), target.name()).isPresent())
            .orElse(true);
    return domain
        && HostFit.vetoes(snapshot.networks(), target, spec).isEmpty()
        && (source == null || MigrationFit.obstacle(spec, source, target).isEmpty());
  }
}
