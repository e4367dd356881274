package dev.ballast.coordinator.control;

import dev.ballast.core.model.HostName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Counts the operations of the loop that failed, on each host, within a window of time. */
final class Failures {
  private final int limit;
  private final long windowMillis;
  private final Map<HostName, ArrayDeque<Long>> times = new HashMap<>();

  Failures(int limit, long windowMillis) {
    this.limit = limit;
    this.windowMillis = windowMillis;
  }

  /** Counts one; says whether the limit is reached, after which counting begins anew. */
  boolean add(HostName host, long nowMillis) {
    ArrayDeque<Long> ofHost = times.computeIfAbsent(host, name -> new ArrayDeque<>());
    while (!ofHost.isEmpty() && ofHost.element() <= nowMillis - windowMillis) {
      ofHost.remove();
    }
    ofHost.add(nowMillis);
    if (ofHost.size() < limit) {
      return false;
    }
    times.remove(host);
    return true;
  }
}
