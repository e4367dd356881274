package dev.ballast.coordinator.cli;

import dev.ballast.v1.Decision;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.Fault;
import dev.ballast.v1.PlanResponse;
import java.util.Iterator;
import java.util.Optional;

/** From a plan to its end: shown, checked by the agents in a dry run, or executed. */
final class PlanFlow {
  private final Session session;
  private final Terminal terminal;

  private final Optional<Long> confirmWithinMillis;

  PlanFlow(Session session) {
    this(session, Optional.empty());
  }

  /**
   * @param confirmWithinMillis how long hosts await a confirmation; as the coordinator wants it
   *     when absent
   */
  PlanFlow(Session session, Optional<Long> confirmWithinMillis) {
    this.session = session;
    this.terminal = session.terminal();
    this.confirmWithinMillis = confirmWithinMillis;
  }

  /** Whether there is a plan; if not, all that stands against it is printed. */
  boolean isPlan(PlanResponse plan) {
    return plan.getFaultsCount() == 0 && plan.getProblemsCount() == 0;
  }

  /** Prints what stands against the plan and returns the exit code. */
  int refuse(PlanResponse plan) {
    plan.getFaultsList().forEach(fault -> terminal.error(sentence(fault)));
    if (plan.getFaultsCount() > 0) {
      terminal.error(
          "ballast: " + Words.count(plan.getFaultsCount(), "fault") + "; nothing was changed");
      return ExitCode.USAGE;
    }
    plan.getProblemsList().forEach(terminal::error);
    terminal.error(
        "ballast: "
            + Words.count(plan.getProblemsCount(), "problem")
            + " against this plan; nothing was changed");
    return ExitCode.REFUSED;
  }

  private static String sentence(Fault fault) {
    StringBuilder text = new StringBuilder(fault.getPath());
    if (fault.getLine() > 0) {
      text.append(':').append(fault.getLine());
      if (fault.getColumn() > 0) {
        text.append(':').append(fault.getColumn());
      }
    }
    text.append(text.isEmpty() ? "" : ": ").append(fault.getMessage());
    return fault.getHint().isEmpty() ? text.toString() : text + " (" + fault.getHint() + ")";
  }

  /** Whether there is anything to do or to remember. */
  static boolean changesSomething(PlanResponse plan) {
    return !plan.getPlanId().isEmpty();
  }

  void show(PlanResponse plan) {
    if (!changesSomething(plan)) {
      for (Decision decision : plan.getDecisionsList()) {
        terminal.line(
            (decision.getVm().isEmpty() ? "" : decision.getVm() + ": ") + decision.getReason());
      }
      terminal.line("Nothing to do: everything is as it should be.");
      return;
    }
    terminal.block(plan.getText());
  }

  /** Shows the plan, lets the agents check it or, with run, carries it out. */
  int carryOut(PlanResponse plan, boolean run) {
    if (!isPlan(plan)) {
      return refuse(plan);
    }
    show(plan);
    if (!changesSomething(plan)) {
      return ExitCode.DONE;
    }
    if (run) {
      return execute(plan, false);
    }
    if (plan.getStepsCount() > 0) {
      terminal.line("");
      terminal.line("Dry run: each agent says what it would do.");
    }
    int exitCode = execute(plan, true);
    String invitation =
        exitCode == ExitCode.DONE ? " To do it: ballast apply " + plan.getPlanId() + " --run" : "";
    terminal.line("Nothing was changed." + invitation);
    return exitCode;
  }

  private int execute(PlanResponse plan, boolean dryRun) {
    ExecutePlanRequest.Builder request =
        ExecutePlanRequest.newBuilder().setPlanId(plan.getPlanId()).setDryRun(dryRun);
    confirmWithinMillis.ifPresent(request::setConfirmWithinMillis);
    ProgressPrinter printer = new ProgressPrinter(terminal, plan, dryRun);
    Thread interruption = new Thread(() -> terminal.error(printer.interrupted()));
    Runtime.getRuntime().addShutdownHook(interruption);
    try {
      session.follow(stub -> watched(stub.executePlan(request.build()), printer), printer::accept);
      return printer.end();
    } catch (CliException e) {
      throw printer.lost(e);
    } finally {
      remove(interruption);
    }
  }

  /** Tells the printer when the stream is open, so that an interruption tells the truth. */
  private static <T> Iterator<T> watched(Iterator<T> stream, ProgressPrinter printer) {
    printer.sent();
    return stream;
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already: the hook has run or runs now, as it should.
      return;
    }
  }
}
