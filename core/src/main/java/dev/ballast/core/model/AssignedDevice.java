package dev.ballast.core.model;

/**
 * A device of its host that a VM was given.
 *
 * @param address as {@link HostDevice#address()}
 * @param virtualFunction as {@link HostDevice#virtualFunction()}
 */
public record AssignedDevice(String pool, String address, boolean virtualFunction) {
  public AssignedDevice {
    HostDevice.checkPool(pool);
    HostDevice.checkAddress(address);
  }
}
