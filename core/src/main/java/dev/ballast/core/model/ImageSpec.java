package dev.ballast.core.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An image as people specify it.
 *
 * @param hosts whose stores are to have it; empty means all
 */
public record ImageSpec(String name, ImageFile.Content content, SortedSet<HostName> hosts) {
  public ImageSpec {
    hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
  }

  /** The file that each of its hosts is to have. */
  public ImageFile file() {
    return new ImageFile(name, content);
  }

  /** Whether that host is to have it. */
  public boolean concerns(HostName host) {
    return hosts.isEmpty() || hosts.contains(host);
  }
}
