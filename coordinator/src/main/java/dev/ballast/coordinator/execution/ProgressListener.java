package dev.ballast.coordinator.execution;

/** Watches one operation from its start to its end; must return at once. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = progress -> {};

  void onProgress(Progress progress);
}
