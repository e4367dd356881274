package dev.ballast.core.model;

import java.util.regex.Pattern;

/**
 * A PCI device that a host gives to guests, one at a time.
 *
 * @param pool the name that its host's agent.yaml gives to all such devices
 * @param address domain:bus:slot.function in lower case, as the kernel writes it
 * @param id vendor and device, as {@code 8086:154c}
 * @param node the NUMA node that it is at, {@link #NO_NODE} where the kernel tells none
 * @param virtualFunction whether it is a virtual function of a network card, which is given a MAC
 *     address
 * @param parent the network interface of the card that a virtual function belongs to; else empty
 */
public record HostDevice(
    String pool, String address, String id, int node, boolean virtualFunction, String parent) {
  public static final int NO_NODE = -1;

  /** A host tells at most so many devices. */
  public static final int LIMIT = 4096;

  public static final Pattern ADDRESS =
      Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

  private static final Pattern POOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

  public HostDevice {
    checkPool(pool);
    checkAddress(address);
  }

  static void checkPool(String pool) {
    if (!POOL.matcher(pool).matches()) {
      throw new IllegalArgumentException(
          "a device pool is named by letters, digits, '-', '_' and '.', at most 63, not '"
              + pool
              + "'");
    }
  }

  static void checkAddress(String address) {
    if (!ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException(
          "'" + address + "' is no PCI address, such as 0000:3b:00.1");
    }
  }

  /** As an assignment names it. */
  public AssignedDevice assigned() {
    return new AssignedDevice(pool, address, virtualFunction);
  }
}
