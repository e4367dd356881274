package dev.ballast.core.planning;

import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;

/** The steps that give VMs their limits. */
final class LimitSteps {
  private final Snapshot snapshot;
  private final PlanDraft draft;

  LimitSteps(Snapshot snapshot, PlanDraft draft) {
    this.snapshot = snapshot;
    this.draft = draft;
  }

  /** Limits that people changed in the specification win; else an operator's override stays. */
  VmLimits wanted(VmSpec spec) {
    VmName vm = spec.name();
    VmLimits override = snapshot.limitOverrides().get(vm);
    if (override == null) {
      return spec.limits();
    }
    VmSpec former = snapshot.specs().get(vm);
    if (former != null && former.limits().equals(spec.limits())) {
      draft.decide(
          "operator", vm, "keeps the limits that an operator set: " + override, "none", "none");
      return override;
    }
    draft.change(new DesiredChange.RemoveLimits(vm));
    draft.decide(
        "operator",
        vm,
        "its specified limits changed: they end the ones that an operator set (" + override + ")",
        "none",
        "as specified");
    return spec.limits();
  }

  /**
   * A new definition carries the persistent limits, but not that of an adopted VM; live ones need a
   * step of their own.
   */
  void add(Chain chain, ObservedDomain domain, VmSpec spec, VmLimits limits) {
    boolean live = liveDiffers(domain, limits);
    boolean config = configDiffers(domain, limits);
    boolean carried = chain.defines() && spec.adopted().isEmpty();
    boolean lost =
        chain.defines()
            && spec.adopted().isPresent()
            && !(limits.equals(VmLimits.NONE) && keepsNone(spec));
    if (!live && !lost && !(config && (!carried || domain.state().isActive()))) {
      return;
    }
    chain.then(new SetLimits(domain.name(), limits), domain.state());
    VmLimits found = (live ? domain.liveLimits() : domain.configLimits()).orElse(limits);
    VmSpec former = snapshot.specs().get(domain.name());
    boolean drifted = former != null && snapshot.limits(former).equals(limits);
    draft.decide(
        "operator",
        domain.name(),
        lost && found.equals(limits)
            ? "keeps its limits, which the new definition does not carry: " + limits
            : (drifted ? "its limits drifted and are repaired: " : "its limits change: ")
                + found
                + " becomes "
                + limits,
        "1 live change",
        drifted ? "as specified again" : "as specified");
  }

  /** Whether a definition of the VM leaves it without limits, as long as nothing sets any. */
  private static boolean keepsNone(VmSpec spec) {
    if (spec.adopted().isEmpty()) {
      return true;
    }
    try {
      return !DomainDefinition.parse(spec.adopted().get().xml()).holdsLimits();
    } catch (DefinitionException e) {
      throw new IllegalStateException("the definition of " + spec.name() + " " + e.getMessage(), e);
    }
  }

  /** Whether the domain has these limits, as far as they are known. */
  static boolean hold(ObservedDomain domain, VmLimits limits) {
    return !liveDiffers(domain, limits) && !configDiffers(domain, limits);
  }

  private static boolean liveDiffers(ObservedDomain domain, VmLimits limits) {
    return domain.liveLimits().filter(found -> !found.equals(limits.withoutBalloon())).isPresent();
  }

  private static boolean configDiffers(ObservedDomain domain, VmLimits limits) {
    return domain.configLimits().filter(found -> !found.equals(limits)).isPresent();
  }
}
