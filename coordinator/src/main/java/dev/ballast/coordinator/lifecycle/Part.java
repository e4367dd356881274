package dev.ballast.coordinator.lifecycle;

/** A part of the coordinator with threads of its own; bound as a member of a set. */
public interface Part extends AutoCloseable {
  /** Begins its work; the cluster runs already, the port is not open yet. */
  void start();

  /** Ends its work; the port is closed already, the cluster and the store still run. */
  @Override
  void close();
}
