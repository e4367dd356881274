package dev.ballast.core.check;

import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeFile.Content;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * What a plan does with images and volumes: nothing is replaced, nothing is made from an image that
 * is not there by then, and nothing is discarded that something else still needs.
 */
final class StoredFileCheck {
  private final Order order;
  private final List<Violation> violations;

  StoredFileCheck(Order order, List<Violation> violations) {
    this.order = order;
    this.violations = violations;
  }

  void image(PlanStep step, HostView host, ImageFile image) {
    if (image.content().isPresent() && !image.isIntact()) {
      report(step, "an image is not to be " + image.value());
    }
    boolean another =
        host.found(image) instanceof ImageFile now && now.isPresent() && !now.equals(image);
    if (image.isPresent() && another) {
      report(step, host.name() + " has another " + image.key() + ": images are never replaced");
    }
    if (!image.isPresent()) {
      overlays(host, image.name())
          .filter(key -> !before(step, thing -> thing.key().equals(key)))
          .ifPresent(key -> report(step, key + " needs the image"));
    }
  }

  private static Optional<String> overlays(HostView host, String image) {
    return host.settings().values().stream()
        .filter(thing -> thing instanceof VolumeFile volume && volume.isOverlayOf(image))
        .map(HostSetting::key)
        .findFirst();
  }

  void volume(PlanStep step, HostView host, VolumeFile volume) {
    if (volume.content().isPresent()) {
      made(step, host, volume, volume.content().get());
    } else if (host.found(volume) instanceof VolumeFile now && now.content().isPresent()) {
      discarded(step, host, now, now.content().get());
    }
  }

  private void made(PlanStep step, HostView host, VolumeFile volume, Content content) {
    if (host.found(volume) instanceof VolumeFile now && now.isPresent() && !now.equals(volume)) {
      report(step, host.name() + " has " + now.describe() + " already");
    }
    content
        .source()
        .image()
        .filter(
            image ->
                !(host.settings().get(ImageFile.key(image)) instanceof ImageFile)
                    && !before(step, thing -> thing.key().equals(ImageFile.key(image))))
        .ifPresent(image -> report(step, host.name() + " has no image '" + image + "' by then"));
  }

  private void discarded(PlanStep step, HostView host, VolumeFile volume, Content content) {
    boolean undefined =
        order.steps().stream()
            .filter(earlier -> order.isAfter(step.number(), earlier.number()))
            .anyMatch(
                earlier ->
                    earlier.planned().action() instanceof UndefineDomain undefine
                        && undefine.vm().equals(content.owner()));
    if (host.domains().containsKey(content.owner()) && !undefined) {
      report(step, volume.key() + " is discarded while " + content.owner() + " is defined");
    }
  }

  /** Larger, and the same in all else. */
  void grown(PlanStep step, HostView host, VolumeFile volume) {
    Optional<Content> now =
        host.found(volume) instanceof VolumeFile found ? found.content() : Optional.empty();
    long bytes = volume.content().map(content -> content.source().sizeBytes()).orElse(0L);
    boolean larger =
        now.filter(found -> found.source().sizeBytes() < bytes)
            .map(found -> found.ofSize(bytes))
            .equals(volume.content());
    if (!larger) {
      report(step, volume.key() + " would not only grow");
    }
  }

  void purged(PlanStep step, HostView host, SortedSet<String> files) {
    boolean known =
        host.settings().get(Trash.KEY) instanceof Trash trash
            && trash.files().keySet().containsAll(files);
    if (!known) {
      report(step, "purges what does not lie in the trash of " + host.name());
    }
  }

  private boolean before(PlanStep step, Predicate<HostSetting> wanted) {
    return order.steps().stream()
        .filter(earlier -> earlier.host().equals(step.host()))
        .filter(earlier -> order.isAfter(step.number(), earlier.number()))
        .anyMatch(
            earlier ->
                earlier.planned().action() instanceof SetHostSetting(HostSetting thing)
                    && wanted.test(thing));
  }

  private void report(PlanStep step, String message) {
    violations.add(new Violation(Rule.HOST_SETTING, step.number(), message));
  }
}
