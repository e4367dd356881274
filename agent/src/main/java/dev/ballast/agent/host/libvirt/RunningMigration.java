package dev.ballast.agent.host.libvirt;

/**
 * A migration that libvirt was asked for: its result returns when the domain runs on the target and
 * is gone here.
 */
public interface RunningMigration extends RunningCall {}
