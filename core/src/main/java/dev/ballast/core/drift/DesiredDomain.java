package dev.ballast.core.drift;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.render.DomainRenderer;
import dev.ballast.core.render.HostLayout;
import dev.ballast.core.render.RenderedDomain;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The domain that a VM is to be on a host. */
public final class DesiredDomain {
  private DesiredDomain() {}

  /** Renders the VM with the limits that hold for it. */
  public static RenderedDomain of(
      Snapshot snapshot, VmSpec spec, Assignment assignment, HostView host) {
    return of(
        snapshot.cluster(),
        snapshot.networks(),
        spec.withLimits(snapshot.limits(spec)),
        assignment,
        host);
  }

  /** Renders the VM for the host that it is assigned to, with the specified limits. */
  public static RenderedDomain of(
      String cluster,
      SortedMap<NetworkName, NetworkSpec> networks,
      VmSpec spec,
      Assignment assignment,
      HostView host) {
    return DomainRenderer.render(
        spec.withNics(attached(spec.nics(), networks)),
        assignment.pins(),
        typeOn(host, spec.type()),
        cluster,
        MemoryNodes.of(spec, assignment, host.inventory().topology()),
        host.inventory().cgroupVersion(),
        layout(spec, assignment, host));
  }

  /** The nodes of a guest that sees several: those that its parts are pinned to. */
  private static HostLayout layout(VmSpec spec, Assignment assignment, HostView host) {
    List<String> nodes = new ArrayList<>();
    int cells = assignment.cells();
    if (cells > 1
        && spec.vcpus() % cells == 0
        && assignment.pins().vcpus().size() == spec.vcpus()) {
      int each = spec.vcpus() / cells;
      for (int cell = 0; cell < cells; cell++) {
        CpuSet cpus =
            CpuSet.union(assignment.pins().vcpus().subList(cell * each, (cell + 1) * each));
        nodes.add(
            host.inventory().topology().numaNodes().stream()
                .filter(node -> node.cpus().intersects(cpus))
                .map(node -> Integer.toString(node.id()))
                .collect(Collectors.joining(",")));
      }
    }
    return new HostLayout(nodes, assignment.devices());
  }

  /** The cards on the bridges and in the VLANs that their networks have. */
  private static List<NicSpec> attached(
      List<NicSpec> nics, SortedMap<NetworkName, NetworkSpec> networks) {
    return nics.stream()
        .map(nic -> nic.network().map(name -> networks.get(name)).map(nic::attached).orElse(nic))
        .toList();
  }

  private static DomainType typeOn(HostView host, DomainType wanted) {
    return switch (wanted) {
      case KVM, QEMU -> wanted;
      case AUTO -> host.inventory().has(Capability.KVM) ? DomainType.KVM : DomainType.QEMU;
    };
  }
}
