package dev.ballast.core.spec;

import dev.ballast.core.model.ImageSpec;
import java.util.Map;

/**
 * An image that knows where its values were written.
 *
 * @param at as in {@link LocatedNetwork}
 */
public record LocatedImage(ImageSpec spec, Map<String, Location> at) {
  public LocatedImage {
    at = Map.copyOf(at);
  }

  /** Where the key was written, else where the nearest key around it was. */
  public Location locate(String key) {
    return LocatedVm.nearest(at, key);
  }
}
