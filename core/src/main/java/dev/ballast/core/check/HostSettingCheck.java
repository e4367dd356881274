package dev.ballast.core.check;

import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a plan sets of hosts: things that they have, within what they have of them. */
final class HostSettingCheck {
  private final Snapshot snapshot;
  private final Order order;
  private final List<Violation> violations;

  HostSettingCheck(Snapshot snapshot, Order order, List<Violation> violations) {
    this.snapshot = snapshot;
    this.order = order;
    this.violations = violations;
  }

  void run() {
    StoredFileCheck files = new StoredFileCheck(order, violations);
    for (PlanStep step : order.steps()) {
      HostView host = snapshot.hosts().get(step.host());
      if (host != null && step.planned().action() instanceof GrowVolume(VolumeFile volume)) {
        files.grown(step, host, volume);
      }
      if (host != null && step.planned().action() instanceof PurgeTrash(var purged)) {
        files.purged(step, host, purged);
      }
      if (host != null && step.planned().action() instanceof SetHostSetting(HostSetting setting)) {
        if (host.found(setting) == null) {
          report(step, host.name() + " has no " + setting.key());
        }
        switch (setting) {
          case Hugepages pages -> hugepages(step, host, pages);
          case ReservedCpus(CpuSet cpus) -> reserved(step, host, cpus);
          case TimeSources ignored -> {}
          case IpForwarding ignored -> {}
          case OtherNetworks ignored -> report(step, "sets networks of others");
          case VirtualNetworks networks -> networks(step, host, networks);
          case PortForwards forwards -> forwards(step, forwards);
          case LinkSetting links ->
              new LinkCheck(host, message -> report(step, message)).run(links);
          case Trash ignored -> report(step, "sets the trash, which only a purge empties");
          case ImageFile image -> files.image(step, host, image);
          case VolumeFile volume -> files.volume(step, host, volume);
        }
      }
    }
  }

  private void networks(PlanStep step, HostView host, VirtualNetworks target) {
    if (host.settings().get(OtherNetworks.KEY) instanceof OtherNetworks others
        && !Collections.disjoint(others.networks().keySet(), target.networks().keySet())) {
      report(step, "takes the name of a network that Ballast did not make");
    }
    target
        .networks()
        .forEach(
            (name, network) -> {
              if (!network.active() || !network.autostart() || !network.extra().isEmpty()) {
                report(step, "leaves network " + name + " as " + network.describe());
              }
            });
  }

  private void forwards(PlanStep step, PortForwards target) {
    if (target.foreignRules() != 0) {
      report(step, "cannot write rules that it does not know");
    }
  }

  private void hugepages(PlanStep step, HostView host, Hugepages pages) {
    long nodeBytes =
        host.inventory().topology().numaNodes().stream()
            .filter(node -> node.id() == pages.node())
            .mapToLong(NumaNode::memoryBytes)
            .sum();
    if (pages.count() > nodeBytes / pages.pageSizeBytes()) {
      report(step, pages.describe() + " are more than the node's memory");
    }
  }

  private void reserved(PlanStep step, HostView host, CpuSet cpus) {
    CpuSet online = host.inventory().topology().onlineCpus();
    if (!online.containsAll(cpus) || cpus.containsAll(online)) {
      report(step, "reserves CPUs " + cpus + " of " + online + ": some must stay for guests");
    }
    for (ObservedDomain domain : host.domains().values()) {
      if (domain.state().isActive()
          && domain.livePins().filter(pins -> starves(pins, cpus)).isPresent()
          && !pinnedBefore(step, domain)) {
        report(step, domain.name() + " would have no CPU left for a thread");
      }
    }
  }

  private static boolean starves(CpuPins pins, CpuSet reserved) {
    List<CpuSet> threads = new ArrayList<>(pins.vcpus());
    threads.add(pins.emulator());
    return threads.stream().anyMatch(reserved::containsAll);
  }

  private boolean pinnedBefore(PlanStep step, ObservedDomain domain) {
    return order.steps().stream()
        .filter(earlier -> order.isAfter(step.number(), earlier.number()))
        .anyMatch(
            earlier ->
                earlier.planned().action() instanceof PinCpus pin
                    && pin.vm().equals(domain.name()));
  }

  private void report(PlanStep step, String message) {
    violations.add(new Violation(Rule.HOST_SETTING, step.number(), message));
  }
}
