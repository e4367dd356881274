package dev.ballast.coordinator.cli;

import dev.ballast.v1.Action.ActionCase;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanStep;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Progress of an operation: one line for each step that ended, and on a terminal a line below them
 * that is rewritten with what runs now.
 */
final class ProgressPrinter {
  private static final String CLEAR_LINE = "\r\u001b[K";

  /** What no plan can take back; other final actions have an opposite. */
  private static final Set<ActionCase> FOR_GOOD =
      EnumSet.of(
          ActionCase.SET_GUEST_TIME,
          ActionCase.GROW_VOLUME,
          ActionCase.REVERT_SNAPSHOT,
          ActionCase.DELETE_SNAPSHOT,
          ActionCase.PURGE_TRASH);

  private static final int SHOWN_RUNNING = 2;
  private static final int FAR_LINES_PER_LINE = 5;

  private final Terminal terminal;
  private final boolean dryRun;
  private final Map<Integer, PlanStep> steps;
  private final Map<Integer, String> running = new TreeMap<>();
  private volatile String operationId = "";
  private volatile boolean sent;
  private OperationState state = OperationState.OPERATION_STATE_UNSPECIFIED;
  private String detail = "";
  private int done;
  private int total;
  private int farLines;

  ProgressPrinter(Terminal terminal, PlanResponse plan, boolean dryRun) {
    this.terminal = terminal;
    this.dryRun = dryRun;
    this.steps =
        plan.getStepsList().stream()
            .collect(Collectors.toMap(PlanStep::getNumber, Function.identity(), (a, b) -> a));
    this.total = plan.getStepsCount();
  }

  /** The request is on its way. */
  void sent() {
    sent = true;
  }

  void accept(OperationProgress progress) {
    if (!progress.getOperationId().isEmpty()) {
      operationId = progress.getOperationId();
    }
    done = progress.getStepsDone();
    total = progress.getStepsTotal();
    if (progress.getStep() == 0) {
      state = progress.getState();
      detail = progress.getText();
    } else if (progress.hasOutcome()) {
      running.remove(progress.getStep());
      stepLine(progress);
    } else {
      boolean underWay = progress.getStepState().equals("running");
      running.put(progress.getStep(), underWay ? progress.getText() : progress.getStepState());
      if (underWay) {
        farLine(progress);
      } else {
        startedLine(progress);
      }
    }
    rewrite();
  }

  private void stepLine(OperationProgress progress) {
    clear();
    Style style = StepStyle.of(progress.getStepState());
    String text = progress.getText().isEmpty() ? progress.getStepState() : progress.getText();
    terminal.out().print(label(progress.getStep()) + ": ");
    terminal.styled(style, text);
  }

  private void startedLine(OperationProgress progress) {
    if (!terminal.live()) {
      terminal.line(label(progress.getStep()) + ": " + progress.getStepState());
    }
  }

  /** How far a migration is: where lines stay, only some of those that come each second. */
  private void farLine(OperationProgress progress) {
    if (!terminal.live() && farLines++ % FAR_LINES_PER_LINE == 0) {
      terminal.line(label(progress.getStep()) + ": " + progress.getText());
    }
  }

  private String label(int number) {
    PlanStep step = steps.get(number);
    String width = "%" + String.valueOf(total).length() + "d";
    String text = "step " + String.format(width, number);
    return Terminal.printable(
        step == null ? text : text + "  " + step.getHost() + "  " + step.getText());
  }

  private void rewrite() {
    if (!terminal.live() || running.isEmpty()) {
      return;
    }
    String now =
        running.entrySet().stream()
            .limit(SHOWN_RUNNING)
            .map(entry -> label(entry.getKey()) + " (" + entry.getValue() + ")")
            .collect(Collectors.joining("; "));
    int more = running.size() - SHOWN_RUNNING;
    String text =
        "[" + done + "/" + total + "] " + now + (more > 0 ? " and " + more + " more" : "");
    int room = terminal.columns() - 1;
    clear();
    terminal.out().print(text.length() > room ? text.substring(0, room) : text);
    terminal.out().flush();
  }

  private void clear() {
    if (terminal.live()) {
      terminal.out().print(CLEAR_LINE);
    }
  }

  private static boolean isForGood(PlanStep step) {
    return FOR_GOOD.contains(step.getPlanned().getAction().getActionCase());
  }

  /** The stream has ended: says how, and returns the exit code. */
  int end() {
    clear();
    String name = dryRun ? "Dry run" : operationId;
    String summary =
        name
            + " "
            + Words.name(state, "OPERATION_STATE_")
            + (total == 0 ? "" : ": " + done + " of " + Words.count(total, "step"))
            + (detail.isEmpty() ? "" : "; " + detail);
    return switch (state) {
      case OPERATION_STATE_APPLIED -> {
        terminal.styled(Style.GOOD, summary);
        terminal.line(
            !steps.isEmpty() && steps.values().stream().allMatch(ProgressPrinter::isForGood)
                ? "It is final: no rollback takes it back."
                : "To undo it: ballast rollback " + operationId);
        yield ExitCode.DONE;
      }
      case OPERATION_STATE_VERIFIED -> {
        terminal.styled(Style.GOOD, summary);
        yield ExitCode.DONE;
      }
      case OPERATION_STATE_REFUSED -> {
        terminal.styled(Style.WARNING, summary);
        yield ExitCode.REFUSED;
      }
      case OPERATION_STATE_UNDONE -> {
        terminal.styled(Style.WARNING, summary);
        yield ExitCode.FAILED;
      }
      case OPERATION_STATE_FAILED, OPERATION_STATE_NEEDS_ATTENTION -> {
        terminal.styled(Style.BAD, summary);
        terminal.line("Its steps: ballast operations " + operationId);
        yield ExitCode.FAILED;
      }
      case OPERATION_STATE_RUNNING, OPERATION_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new CliException(
              ExitCode.UNREACHABLE, "the coordinator ended the stream before the end", look());
    };
  }

  /** The connection broke: what that means for the operation. */
  CliException lost(CliException cause) {
    clear();
    if (operationId.isEmpty() || dryRun) {
      return cause;
    }
    return new CliException(cause.exitCode(), cause.getMessage() + ". " + goesOn(), look(), cause);
  }

  private String goesOn() {
    return operationId + " goes on at the coordinator";
  }

  private String look() {
    return "look at it with 'ballast operations"
        + (operationId.isEmpty() ? "" : " " + operationId)
        + "'";
  }

  /** What to say to someone who ended the program. */
  String interrupted() {
    if (!sent) {
      return "ballast: interrupted; nothing was sent";
    }
    if (dryRun) {
      return "ballast: interrupted; a dry run changes nothing";
    }
    return "ballast: interrupted, but "
        + (operationId.isEmpty() ? "the operation goes on at the coordinator" : goesOn())
        + ": "
        + look();
  }
}
