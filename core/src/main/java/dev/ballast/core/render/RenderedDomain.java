package dev.ballast.core.render;

import dev.ballast.core.model.ObservedDomain;

/**
 * A domain ready to be defined.
 *
 * @param specDigest what the XML says but for pins and node set: equal digests need no new
 *     definition
 */
public record RenderedDomain(String xml, String specDigest) {
  /**
   * Whether the domain is defined so: by Ballast's mark in it, or, without one, because it is as it
   * was when it was adopted.
   */
  public boolean isDefinedIn(ObservedDomain domain) {
    return found(domain).equals(specDigest);
  }

  /** What to compare with {@link #specDigest}. */
  public static String found(ObservedDomain domain) {
    return domain.specDigest().orElse(domain.configDigest());
  }
}
