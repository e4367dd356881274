package dev.ballast.core.sample;

import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;

/** Domains that nobody specified yet, as an agent reports them. */
public final class Foreign {
  private Foreign() {}

  /** The domain that is defined so, unconfined on a host with two CPUs. */
  public static ObservedDomain domain(String xml, DomainState state) {
    try {
      DomainDefinition definition = DomainDefinition.parse(xml);
      CpuPins pins = CpuPins.uniform(definition.vcpus(), CpuSet.range(0, 1));
      return new ObservedDomain(
          new VmName(definition.name()),
          definition.uuid(),
          state,
          definition.vcpus(),
          definition.memoryBytes(),
          definition.configDigest(),
          state.isActive() ? Optional.of(pins) : Optional.empty(),
          Optional.of(pins),
          Optional.empty());
    } catch (DefinitionException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
