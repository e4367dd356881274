package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ObjectState;

/**
 * An action that was begun.
 *
 * @param index its place in the command, from 0
 * @param before the object as it was
 */
record Begun(int index, ActionExecutor executor, ObjectState before) {}
