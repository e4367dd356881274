package dev.ballast.core.action;

import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmSpec;
import java.util.Optional;

/** When the memory of a domain has to follow its vCPUs to other NUMA nodes. */
public final class MemoryFollow {
  private MemoryFollow() {}

  /**
   * The action that makes it follow; absent where its memory is where these CPUs want it, and for
   * VMs whose memory keeps to no nodes.
   */
  public static Optional<SetMemoryNodes> follow(
      VmSpec spec, HostView host, ObservedDomain domain, Assignment assignment) {
    Optional<MemoryNodes> wanted = MemoryNodes.of(spec, assignment, host.inventory().topology());
    if (wanted.isEmpty() || domain.configPins().isEmpty()) {
      return Optional.empty();
    }
    boolean config = !domain.configMemory().equals(wanted);
    boolean live =
        domain
            .liveMemory()
            .filter(now -> now.mode() == MemoryMode.RESTRICTIVE)
            .filter(now -> wanted.get().mode() == MemoryMode.RESTRICTIVE)
            .filter(now -> !now.equals(wanted.get()))
            .isPresent();
    return config || live
        ? Optional.of(new SetMemoryNodes(domain.name(), domain.configMemory(), wanted.get()))
        : Optional.empty();
  }
}
