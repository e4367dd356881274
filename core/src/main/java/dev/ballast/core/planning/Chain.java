package dev.ballast.core.planning;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps on one domain, one after the other, each expecting what the earlier ones make of it.
 */
final class Chain {
  private final PlanDraft draft;
  private final HostName host;
  private final Optional<ObservedDomain> observed;
  private final List<Step> before;
  private final List<Step> steps = new ArrayList<>();
  private String definedDigest = "";

  Chain(PlanDraft draft, HostName host, Optional<ObservedDomain> observed) {
    this(draft, host, observed, List.of());
  }

  /** A chain whose first step waits for steps on other objects. */
  Chain(PlanDraft draft, HostName host, Optional<ObservedDomain> observed, List<Step> before) {
    this.before = List.copyOf(before);
    this.draft = draft;
    this.host = host;
    this.observed = observed;
  }

  /**
   * Adds a step after the former ones.
   *
   * @param state the domain's state when the step begins, as far as the chain knows
   */
  void then(Action action, DomainState state) {
    then(action, state, List.of());
  }

  /** As {@link #then(Action, DomainState)}, and also after steps on other objects. */
  void then(Action action, DomainState state, List<Step> others) {
    List<Step> after = new ArrayList<>(others);
    if (steps.isEmpty()) {
      after.addAll(before);
    } else {
      after.add(steps.getLast());
    }
    steps.add(draft.step(host, action, expectation(state), after));
    if (action instanceof DefineDomain define) {
      definedDigest = define.specDigest();
    }
  }

  private Expectation expectation(DomainState state) {
    if (!steps.isEmpty()) {
      return new AfterEarlierSteps(state, definedDigest);
    }
    return observed.<Expectation>map(DomainRecord::of).orElseGet(NoDomain::new);
  }

  HostName host() {
    return host;
  }

  boolean defines() {
    return !definedDigest.isEmpty();
  }

  List<Step> steps() {
    return steps;
  }
}
