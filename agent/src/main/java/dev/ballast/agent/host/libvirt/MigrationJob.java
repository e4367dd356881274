package dev.ballast.agent.host.libvirt;

/**
 * How far a domain's migration to another host has come; zero for what libvirt does not tell yet.
 *
 * @param iteration how often it has begun to go over the guest's memory
 * @param dirtyBytesPerSecond what the guest writes meanwhile
 * @param throttlePercent how much the guest is slowed down by auto-converge
 */
public record MigrationJob(
    long elapsedMillis,
    long totalBytes,
    long processedBytes,
    long remainingBytes,
    long iteration,
    long dirtyBytesPerSecond,
    int throttlePercent) {}
