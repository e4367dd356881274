package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.ObjectStateCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * An action that was begun.
 *
 * @param index its place in the command, from 0
 * @param before the object as it was
 */
record Begun(int index, ActionExecutor executor, ObjectState before) {
  /** The actions of the command that the journal says were begun, in their order. */
  static List<Begun> of(OpenCommand open, List<ActionExecutor> executors) throws ExecutionFault {
    List<Begun> begun = new ArrayList<>();
    for (OpenCommand.Step step : open.steps()) {
      ObjectState before = ObjectStateCodec.decode(step.before().toArray());
      begun.add(new Begun(step.index(), executors.get(step.index()), before));
    }
    return begun;
  }
}
