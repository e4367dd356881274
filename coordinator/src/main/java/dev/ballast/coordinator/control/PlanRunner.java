package dev.ballast.coordinator.control;

import dev.ballast.coordinator.execution.ProgressListener;
import java.util.concurrent.CompletableFuture;

/** Executes a stored plan; see {@code Executor.start}. */
@FunctionalInterface
public interface PlanRunner {
  CompletableFuture<String> start(String planId, boolean dryRun, ProgressListener listener);
}
