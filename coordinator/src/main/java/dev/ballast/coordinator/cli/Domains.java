package dev.ballast.coordinator.cli;

import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainState;

/** What the pictures ask of a domain. */
final class Domains {
  private Domains() {}

  static boolean isRunning(Domain domain) {
    return domain.getState() == DomainState.DOMAIN_STATE_RUNNING;
  }
}
