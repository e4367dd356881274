package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.LinkRules;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.Trash;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans changes of things of hosts: hugepages, reserved CPUs, time sources. Pure. */
public final class HostSettingPlanner {
  /** Plans the setting on each of the hosts; hosts already there get no step. */
  public PlanResult plan(Snapshot snapshot, Set<HostName> hosts, HostSetting target) {
    PlanDraft draft = new PlanDraft(snapshot);
    if (hosts.isEmpty()) {
      draft.problem(target.key(), "no host is named");
    }
    for (HostName host : new TreeSet<>(hosts)) {
      HostView view = known(snapshot, host, draft);
      if (view != null) {
        plan(snapshot, view, target, draft);
      }
    }
    return draft.finish(
        "set " + target.describe() + " on " + new TreeSet<>(hosts), Origin.OPERATOR);
  }

  /**
   * Plans networks, port forwards or links besides those that each host has.
   *
   * @param added what comes, or takes the place of what has the same name
   * @param removed names of what goes
   */
  public PlanResult merge(
      Snapshot snapshot, Set<HostName> hosts, HostSetting added, Set<String> removed) {
    return merge(snapshot, hosts, added, removed, false);
  }

  /** The same; {@code keep}: links that come keep what they carry, or hand it to their bridge. */
  public PlanResult merge(
      Snapshot snapshot,
      Set<HostName> hosts,
      HostSetting added,
      Set<String> removed,
      boolean keep) {
    PlanDraft draft = new PlanDraft(snapshot);
    if (hosts.isEmpty()) {
      draft.problem(added.key(), "no host is named");
    }
    for (HostName host : new TreeSet<>(hosts)) {
      HostView view = known(snapshot, host, draft);
      if (view == null) {
        continue;
      }
      HostSetting base =
          snapshot
              .desiredSetting(host, added.key())
              .orElseGet(() -> view.settings().getOrDefault(added.key(), added));
      try {
        plan(snapshot, view, merged(view, base, added, removed, keep), draft);
      } catch (IllegalArgumentException e) {
        draft.problem(host, String.valueOf(e.getMessage()));
      }
    }
    String what = added.key() + " of " + new TreeSet<>(hosts);
    return draft.finish("change " + what, Origin.OPERATOR);
  }

  /** Adds to a plan what comes and goes on one host. */
  static void merge(
      Snapshot snapshot, HostView host, HostSetting added, Set<String> removed, PlanDraft draft) {
    HostSetting base =
        snapshot
            .desiredSetting(host.name(), added.key())
            .orElseGet(() -> host.settings().getOrDefault(added.key(), added));
    try {
      plan(snapshot, host, NetworkSettings.merged(base, added, removed), draft);
    } catch (IllegalArgumentException e) {
      draft.problem(host.name(), String.valueOf(e.getMessage()));
    }
  }

  private static HostSetting merged(
      HostView host, HostSetting base, HostSetting added, Set<String> removed, boolean keep) {
    return base instanceof OwnLinks own && added instanceof OwnLinks wish
        ? new LinkMerge(own, otherLinks(host), keep).merged(wish, removed)
        : NetworkSettings.merged(base, added, removed);
  }

  private static OtherLinks otherLinks(HostView host) {
    return host.settings().get(OtherLinks.KEY) instanceof OtherLinks others
        ? others
        : new OtherLinks(new TreeMap<>());
  }

  /**
   * Plans hugepages of one host.
   *
   * @param node the NUMA node; absent to share the count evenly among all nodes
   */
  public PlanResult hugepages(
      Snapshot snapshot, HostName host, long pageSizeBytes, Optional<Integer> node, long count) {
    PlanDraft draft = new PlanDraft(snapshot);
    HostView view = known(snapshot, host, draft);
    if (view != null) {
      List<Integer> nodes =
          node.map(List::of)
              .orElseGet(
                  () ->
                      view.inventory().topology().numaNodes().stream().map(NumaNode::id).toList());
      for (int i = 0; i < nodes.size(); i++) {
        long share = count / nodes.size() + (i < count % nodes.size() ? 1 : 0);
        try {
          plan(snapshot, view, new Hugepages(pageSizeBytes, nodes.get(i), share), draft);
        } catch (IllegalArgumentException e) {
          draft.problem(host, String.valueOf(e.getMessage()));
        }
      }
    }
    return draft.finish("change hugepages of " + host, Origin.OPERATOR);
  }

  private static @Nullable HostView known(Snapshot snapshot, HostName host, PlanDraft draft) {
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      draft.problem(host, "no such host is known");
    }
    return view;
  }

  private static void plan(Snapshot snapshot, HostView host, HostSetting target, PlanDraft draft) {
    HostSetting found = host.settings().get(target.key());
    if (found == null) {
      draft.problem(host.name(), "has no " + target.key() + ": " + lack(host, target));
      return;
    }
    problems(host, target).forEach(problem -> draft.problem(host.name(), problem));
    if (!target.equals(found)) {
      draft.step(host.name(), new SetHostSetting(target), new HostSettingRecord(found), List.of());
      draft.decide(
          new Decision(
              "operator",
              Optional.empty(),
              target.key()
                  + " on "
                  + host.name()
                  + ": "
                  + found.value()
                  + " becomes "
                  + target.value(),
              cost(target),
              gain(target),
              List.of()));
    }
    if (!snapshot.desiredSetting(host.name(), target.key()).equals(Optional.of(target))) {
      draft.change(new DesiredChange.PutHostSetting(host.name(), target));
    }
  }

  private static String lack(HostView host, HostSetting target) {
    return switch (target) {
      case Hugepages ignored ->
          "its kernel keeps "
              + host.settings().keySet().stream().filter(key -> key.startsWith("huge")).toList();
      case ReservedCpus ignored ->
          "needs systemd with the cpuset controller of cgroup version 2, or a guests' cgroup of"
              + " version 1, which libvirt makes with the first guest";
      case TimeSources ignored -> "needs chrony with a directory /etc/chrony/sources.d";
      case IpForwarding ignored -> "its kernel has no IP";
      case VirtualNetworks ignored -> "needs libvirt with its driver for networks";
      case OtherNetworks ignored -> "networks of others are only told";
      case PortForwards ignored -> "needs nftables (the program nft)";
      case LinkSetting ignored -> "needs iproute2 (the program ip)";
      case StoredFile ignored -> "its agent keeps no files";
      case Trash ignored -> "its agent keeps no files";
    };
  }

  private static List<String> problems(HostView host, HostSetting target) {
    return switch (target) {
      case Hugepages pages -> hugepages(host, pages);
      case ReservedCpus(CpuSet cpus) -> reserved(host, cpus);
      case TimeSources ignored -> List.of();
      case IpForwarding ignored -> List.of();
      case VirtualNetworks networks -> NetworkSettings.problems(host, networks);
      case OtherNetworks ignored -> List.of("networks of others are never set");
      case PortForwards forwards -> NetworkSettings.problems(host, forwards);
      case LinkSetting links -> links(host, links);
      case StoredFile ignored -> List.of();
      case Trash ignored -> List.of("only 'ballast purge' empties the trash");
    };
  }

  private static List<String> links(HostView host, LinkSetting target) {
    if (!(target instanceof OwnLinks wanted)
        || !(host.settings().get(OwnLinks.KEY) instanceof OwnLinks now)) {
      return List.of("links and neighbours of others are never set");
    }
    List<String> problems = new ArrayList<>();
    LinkRules.otherOwner(wanted, now, otherLinks(host)).ifPresent(problems::add);
    problems.addAll(LinkRules.problems(wanted, now, otherLinks(host)));
    return problems;
  }

  private static List<String> hugepages(HostView host, Hugepages pages) {
    long nodeBytes =
        host.inventory().topology().numaNodes().stream()
            .filter(node -> node.id() == pages.node())
            .mapToLong(NumaNode::memoryBytes)
            .sum();
    return pages.count() <= nodeBytes / pages.pageSizeBytes()
        ? List.of()
        : List.of(
            pages.describe() + " take more than the " + (nodeBytes >> 20) + " MiB of the node");
  }

  private static List<String> reserved(HostView host, CpuSet cpus) {
    List<String> problems = new ArrayList<>();
    CpuSet online = host.inventory().topology().onlineCpus();
    if (!online.containsAll(cpus)) {
      problems.add("has no CPUs " + cpus.minus(online) + "; its CPUs are " + online);
    } else if (cpus.containsAll(online)) {
      problems.add("would have no CPU for guests: reserve fewer than " + online);
    }
    // Version 1 refuses to take a CPU from a group that a group below it still names.
    boolean strict = host.inventory().cgroupVersion() == 1;
    for (ObservedDomain domain : host.domains().values()) {
      Optional<CpuPins> live = domain.state().isActive() ? domain.livePins() : Optional.empty();
      if (live.filter(pins -> holds(pins, cpus, strict)).isPresent()) {
        problems.add(
            domain.name()
                + " runs on CPUs "
                + live.get().allVcpuCpus().union(live.get().emulator()).intersect(cpus)
                + ": pin it elsewhere first ('ballast pin "
                + domain.name()
                + "')");
      }
    }
    return problems;
  }

  private static boolean holds(CpuPins pins, CpuSet reserved, boolean strict) {
    List<CpuSet> threads = new ArrayList<>(pins.vcpus());
    threads.add(pins.emulator());
    return threads.stream()
        .anyMatch(cpus -> strict ? reserved.intersects(cpus) : reserved.containsAll(cpus));
  }

  private static String cost(HostSetting target) {
    return switch (target) {
      case Hugepages pages -> (pages.bytes() >> 20) + " MiB that nothing else can use";
      case ReservedCpus(CpuSet cpus) -> cpus.size() + " CPUs that guests cannot use";
      case TimeSources ignored -> "none";
      case IpForwarding ignored -> "packets between links";
      case VirtualNetworks ignored -> "links of networks that change";
      case OtherNetworks ignored -> "none";
      case PortForwards ignored -> "none";
      case LinkSetting ignored -> "the links that change, for a moment";
      case StoredFile ignored -> "none";
      case Trash ignored -> "none";
    };
  }

  private static String gain(HostSetting target) {
    return switch (target) {
      case Hugepages ignored -> "memory for guests with large pages";
      case ReservedCpus ignored -> "the host's own work goes on whatever guests do";
      case TimeSources ignored -> "the cluster's hosts follow the same clocks";
      case IpForwarding ignored -> "networks reach each other through the host";
      case VirtualNetworks ignored -> "guests have these networks";
      case OtherNetworks ignored -> "none";
      case PortForwards ignored -> "guests are reached at the host's ports";
      case LinkSetting ignored -> "the host's network is as it is wanted";
      case StoredFile ignored -> "none";
      case Trash ignored -> "none";
    };
  }
}
