package dev.ballast.core.drift;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.render.DomainRenderer;
import dev.ballast.core.render.RenderedDomain;
import java.util.Optional;

/** The domain that a VM is to be on a host. */
public final class DesiredDomain {
  private DesiredDomain() {}

  /** Renders the VM with the limits that hold for it. */
  public static RenderedDomain of(
      Snapshot snapshot, VmSpec spec, Assignment assignment, HostView host) {
    return of(snapshot.cluster(), spec.withLimits(snapshot.limits(spec)), assignment, host);
  }

  /** Renders the VM for the host that it is assigned to, with the specified limits. */
  public static RenderedDomain of(
      String cluster, VmSpec spec, Assignment assignment, HostView host) {
    return DomainRenderer.render(
        spec,
        assignment.pins(),
        typeOn(host, spec.type()),
        cluster,
        Optional.empty(),
        host.inventory().cgroupVersion());
  }

  private static DomainType typeOn(HostView host, DomainType wanted) {
    return switch (wanted) {
      case KVM, QEMU -> wanted;
      case AUTO -> host.inventory().has(Capability.KVM) ? DomainType.KVM : DomainType.QEMU;
    };
  }
}
