package dev.ballast.core.render;

/**
 * A domain ready to be defined.
 *
 * @param specDigest what the XML says but for pins and node set: equal digests need no new
 *     definition
 */
public record RenderedDomain(String xml, String specDigest) {}
