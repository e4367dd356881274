package dev.ballast.core.spec;

import dev.ballast.core.model.NetworkSpec;
import java.util.Map;

/**
 * A network that knows where its values were written.
 *
 * @param at the place of each written value by its key, such as {@code uplinks[0]}; hosts also by
 *     {@link LocatedVm#hostKey}; the whole document has the empty key
 */
public record LocatedNetwork(NetworkSpec spec, Map<String, Location> at) {
  public LocatedNetwork {
    at = Map.copyOf(at);
    if (!at.containsKey("")) {
      throw new IllegalArgumentException("the place of the document itself is missing");
    }
  }

  /** Where the key was written, else where the nearest key around it was. */
  public Location locate(String key) {
    return LocatedVm.nearest(at, key);
  }
}
