package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.VmLimits;
import java.util.List;
import java.util.Optional;

/**
 * The limits of a domain, with what restores them exactly.
 *
 * @param shares as written; many shares are one weight
 * @param memoryBytes what the balloon leaves to the guest, limited or not
 * @param disks the targets of all disks
 * @param nics the MAC addresses of all NICs, in their order
 */
public record Tuning(
    VmLimits limits,
    Optional<Long> shares,
    long memoryBytes,
    List<String> disks,
    List<String> nics) {
  public Tuning {
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
  }

  /** The same domain with other limits, by their weight's shares. */
  public Tuning with(VmLimits newLimits, Optional<Long> newShares) {
    return new Tuning(newLimits, newShares, memoryBytes, disks, nics);
  }
}
