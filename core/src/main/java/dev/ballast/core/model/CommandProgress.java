package dev.ballast.core.model;

/**
 * How far a long action of a command is: a migration.
 *
 * @param commandId the command, of the agent that tells
 * @param totalBytes what is to be moved; 0 before that is known
 * @param remainingBytes what is left of it; may grow while the guest writes
 * @param dirtyBytesPerSecond how fast the guest writes; 0 where unknown
 * @param iteration passes over the memory so far
 * @param throttlePercent how much auto-converge slows the guest down
 */
public record CommandProgress(
    long commandId,
    long elapsedMillis,
    long totalBytes,
    long processedBytes,
    long remainingBytes,
    long dirtyBytesPerSecond,
    long iteration,
    int throttlePercent) {}
