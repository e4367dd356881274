package dev.ballast.core.topology;

import java.util.List;

/**
 * The caches of the last level present.
 *
 * @param level 2, 3 or 4; 0 when the host tells of none
 * @param groups the CPUs that share each such cache
 */
public record CacheLevel(int level, List<CpuSet> groups) {
  public static final CacheLevel NONE = new CacheLevel(0, List.of());

  public CacheLevel {
    groups = List.copyOf(groups);
  }
}
