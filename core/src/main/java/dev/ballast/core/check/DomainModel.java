package dev.ballast.core.check;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import java.util.Optional;

/**
 * A domain as the earlier steps on it leave it.
 *
 * @param digest what Ballast's metadata in it say; empty for another owner's
 * @param memoryBytes what it takes when it starts next
 */
record DomainModel(
    DomainState state,
    int vcpus,
    long memoryBytes,
    String uuid,
    Optional<String> digest,
    Optional<CpuPins> pins) {
  static DomainModel of(ObservedDomain domain) {
    return new DomainModel(
        domain.state(),
        domain.vcpus(),
        domain.memoryBytes(),
        domain.uuid(),
        domain.specDigest(),
        domain.livePins().or(domain::configPins));
  }

  DomainModel in(DomainState newState) {
    return new DomainModel(newState, vcpus, memoryBytes, uuid, digest, pins);
  }

  DomainModel pinned(CpuPins newPins) {
    return new DomainModel(state, vcpus, memoryBytes, uuid, digest, Optional.of(newPins));
  }
}
