package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The steps that bring images into the stores of hosts, and take them out. */
final class ImageSteps {
  private final Snapshot snapshot;
  private final PlanDraft draft;
  private final Map<HostName, Map<String, Step>> fetching = new TreeMap<>();

  ImageSteps(Snapshot snapshot, PlanDraft draft) {
    this.snapshot = snapshot;
    this.draft = draft;
  }

  /** Brings each image to each of its hosts; a host that is away is told of, and waits. */
  void add(Collection<ImageSpec> images) {
    for (ImageSpec image : images) {
      for (HostView host : snapshot.hosts().values()) {
        if (image.concerns(host.name())) {
          if (host.connected() && !host.observeOnly()) {
            bring(host, image.file());
          } else {
            remember(host.name(), image.file());
          }
        }
      }
    }
  }

  /** Brings an image to the host. */
  void bring(HostView host, ImageFile image) {
    ImageFile now = now(host, image);
    if (now.isPresent() && !now.equals(image)) {
      draft.problem(
          host.name(),
          "has another "
              + now.describe()
              + ": images are never replaced; give the new one a name of its own, or remove this"
              + " one ('ballast image remove "
              + image.name()
              + "')");
      return;
    }
    if (!now.isPresent()) {
      Step step =
          draft.step(host.name(), new SetHostSetting(image), new HostSettingRecord(now), List.of());
      fetching.computeIfAbsent(host.name(), h -> new TreeMap<>()).put(image.key(), step);
      decide(
          image.describe() + " is fetched to " + host.name(),
          "a download from " + image.content().map(ImageFile.Content::source).orElse(""),
          "volumes can be made from it");
    }
    remember(host.name(), image);
  }

  /** Takes the image out of the host's store, into its trash. */
  void remove(HostView host, String name) {
    ImageFile now = now(host, new ImageFile(name, Optional.empty()));
    host.settings().values().stream()
        .filter(thing -> thing instanceof VolumeFile volume && volume.isOverlayOf(name))
        .findFirst()
        .ifPresent(
            volume ->
                draft.problem(
                    host.name(),
                    volume.key()
                        + " holds only what differs from "
                        + name
                        + ": remove its VM first"));
    if (now.isPresent()) {
      draft.step(
          host.name(), new SetHostSetting(now.absent()), new HostSettingRecord(now), List.of());
      decide(
          now.describe() + " leaves " + host.name(),
          "it lies in the trash until that is purged",
          "none");
    }
    if (snapshot.desiredSetting(host.name(), now.key()).isPresent()) {
      draft.change(new DesiredChange.RemoveHostSetting(host.name(), now.key()));
    }
  }

  /** The step that brings it; absent where the host has it, or is not to get it. */
  Optional<Step> step(HostName host, String key) {
    return Optional.ofNullable(fetching.getOrDefault(host, Map.of()).get(key));
  }

  private static ImageFile now(HostView host, ImageFile image) {
    return host.found(image) instanceof ImageFile found ? found : image.absent();
  }

  private void remember(HostName host, ImageFile image) {
    if (!snapshot.desiredSetting(host, image.key()).equals(Optional.of(image))) {
      draft.change(new DesiredChange.PutHostSetting(host, image));
    }
  }

  private void decide(String reason, String cost, String gain) {
    draft.decide(new Decision("operator", Optional.empty(), reason, cost, gain, List.of()));
  }
}
