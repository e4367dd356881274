package dev.ballast.core.model;

import java.util.Optional;

/**
 * The rates of a NIC, seen from the guest: inbound is what it receives. Open vSwitch keeps the
 * outbound rate by ingress policing, which some kernels store without enforcing it.
 */
public record NicLimits(Optional<NicRate> inbound, Optional<NicRate> outbound) {
  /** No limit at all. */
  public static final NicLimits NONE = new NicLimits(Optional.empty(), Optional.empty());
}
