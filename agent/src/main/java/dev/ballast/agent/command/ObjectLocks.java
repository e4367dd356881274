package dev.ballast.agent.command;

import dev.ballast.core.action.ObjectKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which command holds which object; one holds an object at a time. */
final class ObjectLocks {
  private final Map<ObjectKey, Long> holders = new HashMap<>();

  /** Takes all the objects, or none and names one that is held. */
  synchronized Optional<String> take(long command, Set<ObjectKey> objects) {
    for (ObjectKey object : objects) {
      Long holder = holders.get(object);
      if (holder != null) {
        return Optional.of(object + " is held by command " + holder);
      }
    }
    objects.forEach(object -> holders.put(object, command));
    return Optional.empty();
  }

  synchronized void release(long command) {
    holders.values().removeIf(holder -> holder == command);
  }
}
