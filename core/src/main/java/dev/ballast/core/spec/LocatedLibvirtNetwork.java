package dev.ballast.core.spec;

import dev.ballast.core.model.LibvirtNetworkSpec;
import java.util.Map;

/**
 * A network of libvirt that knows where its values were written.
 *
 * @param at as in {@link LocatedNetwork}
 */
public record LocatedLibvirtNetwork(LibvirtNetworkSpec spec, Map<String, Location> at) {
  public LocatedLibvirtNetwork {
    at = Map.copyOf(at);
  }

  /** Where the key was written, else where the nearest key around it was. */
  public Location locate(String key) {
    return LocatedVm.nearest(at, key);
  }
}
