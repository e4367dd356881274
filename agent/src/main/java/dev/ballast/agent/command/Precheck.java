package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.ExpectationCheck;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.Illegal;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NotVerifiable;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.WouldApply;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All actions of a command held against the host, later ones against what earlier ones will leave.
 * Writes nothing: a dry run is this and no more.
 */
final class Precheck {
  private final HostReader host;
  private final List<ActionExecutor> executors;
  private final List<PlannedAction> planned;
  private final Map<ObjectKey, ObjectState> overlay = new HashMap<>();

  /** The step that left the object in a state that only libvirt will tell; counted from 1. */
  private final Map<ObjectKey, Integer> changedBy = new HashMap<>();

  Precheck(HostReader host, List<ActionExecutor> executors, List<PlannedAction> planned) {
    this.host = host;
    this.executors = executors;
    this.planned = planned;
  }

  /** What a dry run answers. */
  List<Outcome> run() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < executors.size(); i++) {
      outcomes.add(check(i));
    }
    return outcomes;
  }

  /** The outcomes of a command that is not to be executed; absent when it may be. */
  static Optional<List<Outcome>> refusal(List<Outcome> checked) {
    if (checked.stream().noneMatch(Refused.class::isInstance)) {
      return Optional.empty();
    }
    return Optional.of(
        checked.stream().map(o -> o instanceof Refused ? o : new Skipped()).toList());
  }

  private Outcome check(int index) {
    ActionExecutor executor = executors.get(index);
    ObjectKey object = executor.action().object();
    try {
      ObjectState known = overlay.get(object);
      ObjectState state = known == null ? executor.observe(host) : known;
      Outcome outcome = judge(executor, planned.get(index).expectation(), state, host, object);
      if (!(outcome instanceof Refused) && !(outcome instanceof Unchanged)) {
        overlay.put(object, executor.predict(state, host));
        changedBy.put(object, index + 1);
      } else {
        overlay.putIfAbsent(object, state);
      }
      return outcome;
    } catch (LibvirtFault e) {
      return refused(RefusalReason.MISSING_CAPABILITY, String.valueOf(e.getMessage()));
    } catch (ExecutionFault e) {
      return refused(RefusalReason.ILLEGAL, String.valueOf(e.getMessage()));
    }
  }

  private Outcome judge(
      ActionExecutor executor,
      Expectation expectation,
      ObjectState state,
      HostReader reader,
      ObjectKey object) {
    Optional<Outcome> early = unlessToDo(executor, expectation, state, reader);
    if (early.isPresent()) {
      return early.get();
    }
    Integer step = changedBy.get(object);
    return step != null && !ExpectationCheck.of(expectation, state).certain()
        ? new NotVerifiable(step)
        : new WouldApply(executor.action().describe() + " (now: " + state.describe() + ")");
  }

  /** Why there is nothing to do on the object in that state: it is done, not legal, or stale. */
  static Optional<Outcome> unlessToDo(
      ActionExecutor executor, Expectation expectation, ObjectState state, HostReader host) {
    if (executor.atTarget(state)) {
      return Optional.of(new Unchanged());
    }
    Optional<String> owner = host.otherOwner(executor.action(), state);
    if (owner.isPresent()) {
      return owner.map(why -> refused(RefusalReason.OTHER_OWNER, why));
    }
    Optional<Illegal> illegal = executor.illegal(state, host);
    ExpectationCheck check = ExpectationCheck.of(expectation, state);
    if (check.differences().isEmpty() || illegal.filter(Precheck::isNoMatterOfState).isPresent()) {
      return illegal.map(Precheck::refused);
    }
    return Optional.of(
        new Refused(
            RefusalReason.STALE,
            executor.action().object() + " is not as the plan expects",
            check.differences()));
  }

  /** What a new plan would not cure is said before what it would. */
  private static boolean isNoMatterOfState(Illegal illegal) {
    return illegal.reason() != RefusalReason.ILLEGAL;
  }

  private static Outcome refused(Illegal illegal) {
    return refused(illegal.reason(), illegal.detail());
  }

  private static Outcome refused(RefusalReason reason, String detail) {
    return new Refused(reason, detail, List.of());
  }
}
