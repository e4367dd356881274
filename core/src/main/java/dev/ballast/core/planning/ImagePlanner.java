package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Origin;
import java.util.List;
import java.util.Set;

/** Plans images in the stores of hosts: fetched, and removed. Pure. */
public final class ImagePlanner {
  /** Brings the image to its hosts. */
  public PlanResult fetch(Snapshot snapshot, ImageSpec image) {
    PlanDraft draft = new PlanDraft(snapshot);
    image.hosts().forEach(host -> known(snapshot, host, draft));
    new ImageSteps(snapshot, draft).add(List.of(image));
    return draft.finish("fetch " + image.file().describe(), Origin.OPERATOR);
  }

  /** Takes the image out of the stores of those hosts, into their trash. */
  public PlanResult remove(Snapshot snapshot, Set<HostName> hosts, String name) {
    PlanDraft draft = new PlanDraft(snapshot);
    ImageSteps steps = new ImageSteps(snapshot, draft);
    boolean anywhere = false;
    for (HostName host : hosts) {
      HostView view = known(snapshot, host, draft) ? snapshot.hosts().get(host) : null;
      String key = ImageFile.key(name);
      if (view != null
          && (view.settings().containsKey(key) || snapshot.desiredSetting(host, key).isPresent())) {
        anywhere = true;
        steps.remove(view, name);
      }
    }
    if (!anywhere) {
      draft.problem(ImageFile.key(name), "is on none of these hosts; 'ballast image list' tells");
    }
    return draft.finish("remove " + ImageFile.key(name), Origin.OPERATOR);
  }

  private static boolean known(Snapshot snapshot, HostName host, PlanDraft draft) {
    if (!snapshot.hosts().containsKey(host)) {
      draft.problem(host, "no such host is known");
      return false;
    }
    return true;
  }
}
