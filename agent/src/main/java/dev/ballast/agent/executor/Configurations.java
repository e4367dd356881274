package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;

/** Compares persistent configurations, whatever the domains' states. */
final class Configurations {
  private Configurations() {}

  static boolean same(ObjectState one, ObjectState other) {
    if (one instanceof DomainPresent a && other instanceof DomainPresent b) {
      return sameExceptAutostart(a, b) && a.autostart() == b.autostart();
    }
    return one instanceof NoDomain && other instanceof NoDomain;
  }

  static boolean sameExceptAutostart(DomainPresent a, DomainPresent b) {
    return a.domain().uuid().equals(b.domain().uuid())
        && a.domain().configDigest().equals(b.domain().configDigest())
        && a.domain().configPins().equals(b.domain().configPins())
        && a.domain().specDigest().equals(b.domain().specDigest())
        && a.definedDigest().equals(b.definedDigest());
  }
}
