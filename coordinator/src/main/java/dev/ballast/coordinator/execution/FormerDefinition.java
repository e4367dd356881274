package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Plan;
import java.util.Optional;

/** Knows how a domain was defined before a plan redefined or removed it. */
@FunctionalInterface
public interface FormerDefinition {
  /** Absent when Ballast did not define it. */
  Optional<DefineDomain> of(Plan plan, HostName host, VmName vm);
}
