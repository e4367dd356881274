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

  @Option(
      names = "--confirm-within",
      paramLabel = "SECONDS",
      description =
          "Each host undoes by itself what can be undone, unless the coordinator reaches it again"
              + " within so many seconds: 60 or 60s; changes of bridges always have it.")
  private @Nullable String confirmWithin;

  /** Whether the plan is to be executed. */
  boolean runs() {
    return run;
  }

  /** Writes the plan where that is wanted, then lets the agents check it or carries it out. */
  int carryOut(Session session, PlanResponse plan) {
    PlanFlow flow = new PlanFlow(session, ConfirmWithin.millis(confirmWithin));
    if (out != null && flow.isPlan(plan)) {
      PlanFile.write(out, plan);
    }
    return flow.carryOut(plan, run);
  }
}
