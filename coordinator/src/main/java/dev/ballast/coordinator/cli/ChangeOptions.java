package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanResponse;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that changes something takes. */
final class ChangeOptions {
  @Option(names = "--run", description = "Do it; without this nothing is changed.")
  private boolean run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the plan into a file for 'ballast apply FILE'.")
  private @Nullable Path out;

  /** Whether the plan is to be executed. */
  boolean runs() {
    return run;
  }

  /** Writes the plan where that is wanted, then lets the agents check it or carries it out. */
  int carryOut(Session session, PlanResponse plan) {
    PlanFlow flow = new PlanFlow(session);
    if (out != null && flow.isPlan(plan)) {
      PlanFile.write(out, plan);
    }
    return flow.carryOut(plan, run);
  }
}
