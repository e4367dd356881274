package dev.ballast.coordinator.store;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;

/** A host as it was last reported, and what operators decided about it. */
public record StoredHost(
    HostName name,
    HostInventory inventory,
    HostObservation observation,
    Automation automation,
    boolean observeOnly,
    String bootId,
    String agentVersion,
    long seenEpochMillis) {}
