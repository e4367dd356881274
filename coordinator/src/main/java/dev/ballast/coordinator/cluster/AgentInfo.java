package dev.ballast.coordinator.cluster;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an agent says of itself when it connects.
 *
 * @param contractVersion the version that both sides speak on this stream
 * @param highestTerm the highest term it has persisted; 0 before the first
 * @param lowWaterMark ids of commands at or below it are refused as too old
 * @param lastCommandId the highest command id that it has journalled
 * @param observeOnly whether it refuses all commands
 */
public record AgentInfo(
    String agentVersion,
    int contractVersion,
    String bootId,
    long highestTerm,
    long lowWaterMark,
    long lastCommandId,
    SortedSet<String> features,
    boolean observeOnly) {
  public AgentInfo {
    features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
  }
}
