package dev.ballast.core.spec;

/**
 * A file of specifications.
 *
 * @param path as faults are to name it
 * @param content decoded as UTF-8; what could not be decoded as U+FFFD
 */
public record SourceFile(String path, String content) {}
