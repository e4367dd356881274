package dev.ballast.coordinator.cli;

import dev.ballast.coordinator.cli.Table.Cell;
import dev.ballast.v1.GetOperationRequest;
import dev.ballast.v1.ListOperationsRequest;
import dev.ballast.v1.ListOperationsResponse;
import dev.ballast.v1.Operation;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.StepResult;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What was done, and how it ended. */
@Command(name = "operations", description = "List operations, or show one with its steps.")
final class OperationsCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "OPERATION", description = "Show this one.")
  private String operation = "";

  OperationsCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    Clock clock = session.surroundings().clock();
    if (!operation.isEmpty()) {
      GetOperationRequest request =
          GetOperationRequest.newBuilder().setOperationId(operation).build();
      Operation one = session.call(stub -> stub.getOperation(request));
      output.print(session, one, (message, wide) -> show(message, clock, session.terminal()));
      return ExitCode.DONE;
    }
    ListOperationsResponse all =
        session.call(stub -> stub.listOperations(ListOperationsRequest.getDefaultInstance()));
    output.print(session, all, (message, wide) -> list(message, wide, clock, session.terminal()));
    return ExitCode.DONE;
  }

  private static void list(
      ListOperationsResponse operations, boolean wide, Clock clock, Terminal terminal) {
    if (operations.getOperationsCount() == 0) {
      terminal.line("Nothing was done yet.");
      return;
    }
    String last = wide ? "DETAIL" : "TITLE";
    Table table =
        wide
            ? new Table(
                "OPERATION", "STATE", "ORIGIN", "PLAN", "STEPS", "STARTED", "TOOK", "TITLE", last)
            : new Table("OPERATION", "STATE", "ORIGIN", "STARTED", "TOOK", last);
    for (Operation operation : operations.getOperationsList()) {
      Cell id = Cell.of(operation.getOperationId());
      Cell origin = Cell.of(operation.getOrigin());
      Cell started = Cell.of(Words.time(operation.getStartedEpochMillis(), clock.getZone()));
      Cell took = Cell.of(took(operation, clock));
      Cell title = Cell.of(operation.getTitle());
      if (wide) {
        Cell plan = Cell.of(operation.getPlanId());
        Cell steps = Cell.of(String.valueOf(operation.getStepsCount()));
        Cell detail = Cell.of(operation.getDetail());
        table.row(List.of(id, state(operation), origin, plan, steps, started, took, title, detail));
      } else {
        table.row(List.of(id, state(operation), origin, started, took, title));
      }
    }
    table.print(terminal);
  }

  private static void show(Operation operation, Clock clock, Terminal terminal) {
    terminal.line(operation.getOperationId() + "  " + operation.getTitle());
    terminal.line("state    " + Words.name(operation.getState(), "OPERATION_STATE_"));
    terminal.line("plan     " + operation.getPlanId() + ", origin " + operation.getOrigin());
    terminal.line(
        "started  "
            + Words.time(operation.getStartedEpochMillis(), clock.getZone())
            + ", took "
            + took(operation, clock));
    if (!operation.getDetail().isEmpty()) {
      terminal.line("detail   " + operation.getDetail());
    }
    Table table = new Table("STEP", "HOST", "STATE", "WHAT");
    for (StepResult step : operation.getStepsList()) {
      table.row(
          List.of(
              Cell.of(String.valueOf(step.getStep())),
              Cell.of(step.getHost()),
              new Cell(step.getStepState(), StepStyle.of(step.getStepState())),
              Cell.of(step.getText())));
    }
    table.print(terminal);
    for (StepResult step : operation.getStepsList()) {
      StepStyle.trouble(step.getOutcome())
          .ifPresent(text -> terminal.line("step " + step.getStep() + ": " + text));
    }
  }

  private static Cell state(Operation operation) {
    return new Cell(
        Words.name(operation.getState(), "OPERATION_STATE_"), StepStyle.of(operation.getState()));
  }

  private static String took(Operation operation, Clock clock) {
    boolean ended = operation.getState() != OperationState.OPERATION_STATE_RUNNING;
    long end = operation.getEndedEpochMillis();
    if (ended && end == 0) {
      return "-";
    }
    return Words.span(
        Math.max(0, (ended ? end : clock.millis()) - operation.getStartedEpochMillis()));
  }
}
