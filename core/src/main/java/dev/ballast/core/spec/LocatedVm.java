package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmSpec;
import java.util.Map;

/**
 * A specification that knows where its values were written.
 *
 * @param at the place of each written value by its key, such as {@code cpu.pins.vcpus[0]}; hosts
 *     and MAC addresses also by their value ({@link #hostKey}, {@link #macKey}), since the
 *     specification does not keep their written order; the whole document has the empty key
 */
public record LocatedVm(VmSpec spec, Map<String, Location> at) {
  public LocatedVm {
    at = Map.copyOf(at);
    if (!at.containsKey("")) {
      throw new IllegalArgumentException("the place of the document itself is missing");
    }
  }

  /** The key of a host in {@code placement.hosts}. */
  public static String hostKey(HostName host) {
    return "placement.hosts[" + host + "]";
  }

  /** The key of a host in {@code placement.notHosts}. */
  public static String bannedKey(HostName host) {
    return "placement.notHosts[" + host + "]";
  }

  /** The key of the NIC that has the MAC address, written or derived. */
  public static String macKey(String mac) {
    return "nics[" + mac + "]";
  }

  /** Where the key was written, else where the nearest key around it was. */
  public Location locate(String key) {
    return nearest(at, key);
  }

  static Location nearest(Map<String, Location> at, String key) {
    String nearest = key;
    while (true) {
      Location found = at.get(nearest);
      if (found != null) {
        return found;
      }
      nearest = nearest.substring(0, Math.max(0, lastSeparator(nearest)));
    }
  }

  private static int lastSeparator(String key) {
    return Math.max(key.lastIndexOf('.'), key.lastIndexOf('['));
  }
}
