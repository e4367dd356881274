package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a VM needs of its host besides CPUs and ordinary memory.
 *
 * @param hugepageBytes the size of the pages that its memory is made of; empty for ordinary memory.
 *     The VM's memory is a multiple of it
 * @param devices how many devices of each pool it is given, by the pool's name
 */
public record VmResources(Optional<Long> hugepageBytes, SortedMap<String, Integer> devices) {
  public static final VmResources NONE = new VmResources(Optional.empty(), new TreeMap<>());

  /** A VM has at most so many devices of one pool. */
  public static final int DEVICE_LIMIT = 16;

  /** A VM asks at most so many pools. */
  public static final int POOL_LIMIT = 16;

  public VmResources {
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
    hugepageBytes.ifPresent(size -> new HostSetting.Hugepages(size, 0, 0));
    if (devices.size() > POOL_LIMIT) {
      throw new IllegalArgumentException(
          "at most " + POOL_LIMIT + " device pools, not " + devices.size());
    }
    devices.forEach(
        (pool, count) -> {
          HostDevice.checkPool(pool);
          if (count < 1 || count > DEVICE_LIMIT) {
            throw new IllegalArgumentException(
                "a VM has 1 to " + DEVICE_LIMIT + " devices of a pool, not " + count);
          }
        });
  }

  /** The same with pages of that size. */
  public VmResources withHugepages(long pageBytes) {
    return new VmResources(Optional.of(pageBytes), devices);
  }

  /** The same with these devices. */
  public VmResources withDevices(SortedMap<String, Integer> wanted) {
    return new VmResources(hugepageBytes, wanted);
  }
}
