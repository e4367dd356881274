package dev.ballast.agent.host.libvirt;

/**
 * A running guest's memory as its balloon driver tells it.
 *
 * @param balloonBytes what the balloon leaves to the guest now
 * @param freeBytes what the guest could still hand out
 */
public record GuestMemory(long balloonBytes, long freeBytes) {}
