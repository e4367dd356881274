package dev.ballast.agent.telemetry;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds sets of CPUs that VMs want more of than there is. A state machine without clock: fed one
 * sample after the other.
 *
 * <p>Looked at are the sets that some VM's vCPUs are confined to and the unions of those that
 * overlap. For such a set S, with the VMs whose vCPUs are all confined to S:
 *
 * <pre>
 * demand(S) = Σ usage(VM) + contention(VM)
 * hot(S)    = demand(S) &gt; threshold · |S|   and crowded
 * hot(host) = Σ over all VMs (usage + contention) &gt; threshold · capacity   and crowded
 * crowded   = the VMs have more vCPUs than there are CPUs, or wait for at least 5 % of them
 * </pre>
 *
 * <p>A VM that has its CPUs to itself and burns them is at its own limit, not in need of another
 * place; neither is one that its own quota throttles, for that time is not in its contention. A set
 * that is hot for the hold time raises one alert, which is repeated at doubling intervals while it
 * stays hot; it is cleared after the hold time at or below the clear threshold, also when no VM is
 * confined to it any more.
 */
public final class SpikeDetector {
  /** The most sets looked at; a host with more different pins is judged as a whole. */
  static final int SET_LIMIT = 1024;

  private static final long CROWDED_MILLIS = 50;
  private static final long MILLIS_PER_CPU = 1000;

  private record Key(CpuAlert.Kind kind, CpuSet cpus) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byKind = kind.compareTo(other.kind);
      return byKind != 0 ? byKind : cpus.compareTo(other.cpus);
    }
  }

  private record Spot(long demandMillis, long capacityMillis, boolean crowded, List<VmName> vms) {}

  private final SpikeSettings settings;
  private final SortedMap<Key, Episode> episodes = new TreeMap<>();

  public SpikeDetector(SpikeSettings settings) {
    this.settings = settings;
  }

  /**
   * Takes the next sample in.
   *
   * @param pins the live pins of running VMs; one without is only counted for the host
   * @param online the CPUs that can run
   * @param capacityMillis what guests may use of the host
   * @param elapsedMillis the time that the sample stands for
   * @return the alerts that follow, mostly none
   */
  public List<CpuAlert> step(
      HostLoad load,
      Map<VmName, CpuPins> pins,
      CpuSet online,
      long capacityMillis,
      long elapsedMillis) {
    SortedMap<Key, Spot> spots = spots(load, pins, online, capacityMillis);
    Set<Key> keys = new LinkedHashSet<>(episodes.keySet());
    keys.addAll(spots.keySet());
    List<CpuAlert> alerts = new ArrayList<>();
    for (Key key : keys) {
      Spot spot = spots.getOrDefault(key, new Spot(0, capacityOf(key), false, List.of()));
      advance(key, spot, load.epochMillis(), elapsedMillis, alerts);
    }
    return alerts;
  }

  private static long capacityOf(Key key) {
    return key.cpus().size() * MILLIS_PER_CPU;
  }

  private void advance(
      Key key, Spot spot, long epochMillis, long elapsedMillis, List<CpuAlert> alerts) {
    boolean hot = spot.crowded() && spot.demandMillis() > threshold(spot);
    boolean cool =
        !spot.crowded()
            || spot.demandMillis() <= spot.capacityMillis() * settings.clearMillis() / 1000;
    Episode episode = episodes.get(key);
    if (episode == null) {
      if (!hot) {
        return;
      }
      episode = new Episode(settings);
      episodes.put(key, episode);
    }
    switch (episode.next(hot, cool, epochMillis, elapsedMillis)) {
      case QUIET -> {}
      case RAISE -> alerts.add(alert(key, key.kind(), spot, epochMillis, episode));
      case CLEAR -> {
        alerts.add(alert(key, CpuAlert.Kind.CLEARED, spot, epochMillis, episode));
        episodes.remove(key);
      }
      case OVER -> episodes.remove(key);
    }
  }

  private long threshold(Spot spot) {
    return spot.capacityMillis() * settings.thresholdMillis() / 1000;
  }

  private CpuAlert alert(
      Key key, CpuAlert.Kind kind, Spot spot, long epochMillis, Episode episode) {
    return new CpuAlert(
        epochMillis,
        episode.sinceEpochMillis(),
        kind,
        key.cpus(),
        spot.demandMillis(),
        threshold(spot),
        spot.vms());
  }

  private static SortedMap<Key, Spot> spots(
      HostLoad load, Map<VmName, CpuPins> pins, CpuSet online, long capacityMillis) {
    SortedMap<Key, Spot> spots = new TreeMap<>();
    Map<VmName, CpuSet> confined = confinements(load, pins, online);
    for (CpuSet set : candidates(confined, online)) {
      List<VmLoad> inside =
          load.vms().stream()
              .filter(vm -> set.containsAll(confined.getOrDefault(vm.vm(), online)))
              .toList();
      List<VmName> users =
          confined.entrySet().stream()
              .filter(entry -> entry.getValue().intersects(set))
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      spots.put(
          new Key(CpuAlert.Kind.HOT_CPUS, set),
          spot(inside, pins, set.size() * MILLIS_PER_CPU, users));
    }
    List<VmName> all = load.vms().stream().map(VmLoad::vm).sorted().toList();
    spots.put(new Key(CpuAlert.Kind.HOT_HOST, online), spot(load.vms(), pins, capacityMillis, all));
    return spots;
  }

  private static Map<VmName, CpuSet> confinements(
      HostLoad load, Map<VmName, CpuPins> pins, CpuSet online) {
    Map<VmName, CpuSet> confined = new HashMap<>();
    for (VmLoad vm : load.vms()) {
      CpuPins pinned = pins.get(vm.vm());
      CpuSet cpus = pinned == null ? online : pinned.allVcpuCpus().intersect(online);
      confined.put(vm.vm(), cpus.isEmpty() ? online : cpus);
    }
    return confined;
  }

  /** All sets of pins short of the whole host, and the unions of those that overlap. */
  private static Set<CpuSet> candidates(Map<VmName, CpuSet> confined, CpuSet online) {
    Set<CpuSet> sets = new LinkedHashSet<>();
    confined.values().stream().filter(set -> !set.containsAll(online)).forEach(sets::add);
    if (sets.size() > SET_LIMIT) {
      return Set.of();
    }
    List<CpuSet> unions = new ArrayList<>();
    for (CpuSet set : sets) {
      CpuSet union = set;
      for (CpuSet other : List.copyOf(unions)) {
        if (other.intersects(union)) {
          unions.remove(other);
          union = union.union(other);
        }
      }
      unions.add(union);
    }
    unions.stream().filter(set -> !set.containsAll(online)).forEach(sets::add);
    return sets;
  }

  private static Spot spot(
      List<VmLoad> vms, Map<VmName, CpuPins> pins, long capacityMillis, List<VmName> users) {
    long usageMillis = vms.stream().mapToLong(VmLoad::usageMillis).sum();
    long waitingMillis = vms.stream().mapToLong(VmLoad::contentionMillis).sum();
    long vcpus = vms.stream().mapToLong(vm -> vcpus(pins, vm.vm())).sum();
    boolean crowded =
        vcpus * MILLIS_PER_CPU > capacityMillis
            || waitingMillis * MILLIS_PER_CPU >= capacityMillis * CROWDED_MILLIS;
    return new Spot(usageMillis + waitingMillis, capacityMillis, crowded, users);
  }

  private static int vcpus(Map<VmName, CpuPins> pins, VmName vm) {
    CpuPins pinned = pins.get(vm);
    return pinned == null ? 1 : pinned.vcpus().size();
  }
}
