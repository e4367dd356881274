package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.Outcome.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Ends a command that the process's death interrupted. It looks: where the last action's target
 * holds, the command was done; in its former state, it was not; a state that our own steps can
 * leave is undone; anything else is left to people.
 */
final class Recovery {
  private static final String RESTARTED = "the agent was restarted";

  private final HostReader host;
  private final HostWriter writer;
  private final Settling settling;
  private final Undoing undoing;

  Recovery(HostReader host, HostWriter writer, Settling settling, Undoing undoing) {
    this.host = host;
    this.writer = writer;
    this.settling = settling;
    this.undoing = undoing;
  }

  /**
   * One outcome an action.
   *
   * @throws InterruptedException when the agent stops again before that
   */
  List<Outcome> run(OpenCommand open, List<ActionExecutor> executors)
      throws InterruptedException, ExecutionFault {
    List<Outcome> outcomes =
        new ArrayList<>(Collections.nCopies(executors.size(), (Outcome) new Skipped()));
    List<Begun> begun = Begun.of(open, executors);
    if (begun.isEmpty()) {
      outcomes.set(0, new Failed("not applied: the agent was restarted before it began"));
      return outcomes;
    }
    Begun last = begun.getLast();
    int unchangedUpTo = open.armed().isPresent() ? executors.size() : last.index();
    for (int i = 0; i < unchangedUpTo; i++) {
      outcomes.set(i, new Unchanged());
    }
    for (Begun each : begun) {
      if (!settles(each.executor())) {
        outcomes.set(each.index(), unsettled(each.executor()));
        return outcomes;
      }
    }
    boolean complete =
        !open.undoBegun() && (open.armed().isPresent() || last.index() == executors.size() - 1);
    Outcome outcome =
        open.undone().contains(last.index()) ? new Undone(RESTARTED) : last(open, last, complete);
    outcomes.set(last.index(), outcome);
    for (Begun earlier : begun.subList(0, begun.size() - 1).reversed()) {
      outcomes.set(
          earlier.index(),
          outcome instanceof Applied
              ? new Applied(earlier.before().describe(), 0)
              : undo(open, earlier));
    }
    return outcomes;
  }

  private boolean settles(ActionExecutor executor) throws InterruptedException {
    return settling.await(
        executor.action(), executor.settlingLimit(), () -> executor.whileUnsettled(host, writer));
  }

  private static Outcome unsettled(ActionExecutor executor) {
    return new NeedsAttention(
        RESTARTED
            + " during '"
            + executor.action().describe()
            + "'; libvirt still works on it after "
            + executor.settlingLimit().orElse(Duration.ZERO).toSeconds()
            + " s: wait for it, or end it with virsh domjobabort");
  }

  private Outcome undo(OpenCommand open, Begun begun) throws InterruptedException {
    return open.undone().contains(begun.index())
        ? new Undone(RESTARTED)
        : undoing.undo(open.id(), begun, RESTARTED);
  }

  private Outcome last(OpenCommand open, Begun last, boolean complete) throws InterruptedException {
    while (true) {
      try {
        return judge(open, last, complete, last.executor().observe(host));
      } catch (LibvirtFault e) {
        settling.await(last.executor().action());
      } catch (ExecutionFault e) {
        return new NeedsAttention(String.valueOf(e.getMessage()));
      }
    }
  }

  private Outcome judge(OpenCommand open, Begun last, boolean complete, ObjectState now)
      throws InterruptedException {
    String what = RESTARTED + " during '" + last.executor().action().describe() + "'";
    if (!last.executor().observable()) {
      return new Unknown(what + "; now: " + last.executor().told(now, host));
    }
    return switch (last.executor().standing(last.before(), now)) {
      case TARGET -> complete ? new Applied(last.before().describe(), 0) : undo(open, last);
      case OWN_STEP -> undo(open, last);
      case BEFORE -> {
        undoing.recordUndone(open.id(), last);
        yield new Failed("not applied: " + RESTARTED);
      }
      case FOREIGN ->
          new NeedsAttention(
              what
                  + "; now: "
                  + last.executor().told(now, host)
                  + "; before: "
                  + last.before().describe());
      case ELSEWHERE -> new Unknown(what + "; now: " + last.executor().told(now, host));
    };
  }
}
