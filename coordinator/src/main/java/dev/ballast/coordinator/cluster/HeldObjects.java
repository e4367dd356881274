package dev.ballast.coordinator.cluster;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostName;

/** Knows which objects running operations hold: their changes are no drift. */
@FunctionalInterface
public interface HeldObjects {
  boolean isHeld(HostName host, ObjectKey object);
}
