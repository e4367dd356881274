package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.model.Trash;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Deletes files of the trash for good. */
final class PurgeTrashExecutor implements ActionExecutor {
  private final PurgeTrash action;

  PurgeTrashExecutor(PurgeTrash action) {
    this.action = action;
  }

  @Override
  public PurgeTrash action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) {
    return host.setting(Trash.KEY);
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof HostSettingPresent(Trash trash))) {
      return Optional.of(Illegal.of(state.describe()));
    }
    return action.files().stream()
        .filter(file -> !trash.files().containsKey(file))
        .findFirst()
        .map(file -> Illegal.of(file + " does not lie in the trash"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof HostSettingPresent(Trash trash)
        && Collections.disjoint(trash.files().keySet(), action.files());
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof HostSettingPresent(Trash trash))) {
      return state;
    }
    SortedMap<String, Trash.Discarded> left = new TreeMap<>(trash.files());
    left.keySet().removeAll(action.files());
    return new HostSettingPresent(new Trash(left));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    try {
      for (String file : action.files()) {
        writer.storage().purge(file);
      }
    } catch (IOException e) {
      throw new ExecutionFault(String.valueOf(e.getMessage()));
    }
    if (!atTarget(observe(host))) {
      throw new ExecutionFault("files of the trash are still there");
    }
  }

  /** Half of them gone is no state that anything leads out of: a person purges the rest. */
  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return now.equals(before) ? Standing.BEFORE : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    throw new ExecutionFault("nothing undoes '" + action.describe() + "'");
  }
}
