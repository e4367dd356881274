package dev.ballast.coordinator.execution;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.PlanStep;

/** An object on a host, of which one operation at a time may be in charge. */
record HeldObject(HostName host, ObjectKey object) {
  static HeldObject of(PlanStep step) {
    return new HeldObject(step.host(), step.planned().action().object());
  }

  static HeldObject of(Task task) {
    return new HeldObject(task.host(), task.object());
  }

  @Override
  public String toString() {
    return object + " on " + host;
  }
}
