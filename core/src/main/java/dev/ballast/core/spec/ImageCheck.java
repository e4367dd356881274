package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.settings.Suggestion;
import java.util.List;

/** Checks images against the cluster. */
final class ImageCheck {
  private final Snapshot snapshot;
  private final Faults faults;

  ImageCheck(Snapshot snapshot, Faults faults) {
    this.snapshot = snapshot;
    this.faults = faults;
  }

  void check(List<LocatedImage> images) {
    List<String> known = snapshot.hosts().keySet().stream().map(HostName::value).toList();
    for (LocatedImage image : images) {
      for (HostName host : image.spec().hosts()) {
        if (!known.isEmpty() && !snapshot.hosts().containsKey(host)) {
          faults.add(
              image.locate(LocatedVm.hostKey(host)),
              "unknown host '" + host + "'",
              Suggestion.hint(host.value(), known).orElse("'ballast hosts' lists the known ones"));
        }
      }
    }
  }
}
