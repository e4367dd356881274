package dev.ballast.core.model;

import java.util.Optional;

/**
 * A domain as libvirt and the kernel tell it.
 *
 * @param configDigest SHA-256 of the normalised persistent XML without pins, ids and live aliases;
 *     empty for a transient domain
 * @param livePins from the threads' allowed CPUs in the kernel; absent when inactive
 * @param configPins from the persistent XML; absent for a transient domain
 * @param specDigest the digest that Ballast wrote into the domain's metadata; absent when Ballast
 *     did not define it
 */
public record ObservedDomain(
    VmName name,
    String uuid,
    DomainState state,
    int vcpus,
    long memoryBytes,
    String configDigest,
    Optional<CpuPins> livePins,
    Optional<CpuPins> configPins,
    Optional<String> specDigest) {}
