package dev.ballast.core.model;

/**
 * What a VM was when Ballast adopted it: its definition says all that a specification has no words
 * for.
 *
 * @param uuid of the domain, which it keeps
 * @param xml the persistent definition in normal form (see {@code DomainDefinition}), without pins
 *     and without Ballast's own marks
 */
public record AdoptedDomain(String uuid, String xml) {
  /** The longest definition that is kept, in characters. */
  public static final int XML_LENGTH_LIMIT = 256 * 1024;
}
