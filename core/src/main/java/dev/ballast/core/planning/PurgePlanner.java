package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.Trash;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Plans that files of a host's trash go for good. Pure. */
public final class PurgePlanner {
  private static final long MIB = 1 << 20;

  /** Purges what was discarded at that time or before. */
  public PlanResult plan(Snapshot snapshot, HostName host, long untilEpochMillis) {
    PlanDraft draft = new PlanDraft(snapshot);
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      draft.problem(host, "no such host is known");
    } else if (view.settings().get(Trash.KEY) instanceof Trash trash) {
      purge(view, trash, untilEpochMillis, draft);
    } else {
      draft.problem(host, "its agent tells of no trash: it is older than this coordinator");
    }
    return draft.finish("purge the trash of " + host, Origin.OPERATOR);
  }

  private static void purge(HostView host, Trash trash, long untilEpochMillis, PlanDraft draft) {
    SortedSet<String> files =
        trash.files().entrySet().stream()
            .filter(entry -> entry.getValue().discardedEpochMillis() <= untilEpochMillis)
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    if (files.isEmpty()) {
      return;
    }
    draft.step(host.name(), new PurgeTrash(files), new HostSettingRecord(trash), List.of());
    for (String file : files) {
      Trash.Discarded discarded = trash.files().get(file);
      if (discarded != null) {
        draft.decide(
            new Decision(
                "operator",
                Optional.empty(),
                discarded.what() + " goes for good: " + file,
                "no rollback brings it back",
                discarded.sizeBytes() / MIB + " MiB at most",
                List.of()));
      }
    }
  }
}
