package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeFile.Content;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps that make the volumes of VMs before they are defined, and discard them afterwards. */
final class VolumeSteps {
  private final Snapshot snapshot;
  private final ImageSteps images;
  private final PlanDraft draft;

  VolumeSteps(Snapshot snapshot, ImageSteps images, PlanDraft draft) {
    this.snapshot = snapshot;
    this.images = images;
    this.draft = draft;
  }

  /** Makes what the VM lacks on the host; its definition comes after these steps. */
  List<Step> make(VmSpec spec, HostName hostName) {
    List<Step> steps = new ArrayList<>();
    HostView host = snapshot.hosts().get(hostName);
    if (host == null || !host.connected()) {
      return steps;
    }
    for (DiskSpec disk : spec.disks()) {
      disk.volume().ifPresent(source -> make(spec, host, disk, source, steps));
    }
    return steps;
  }

  private void make(
      VmSpec spec, HostView host, DiskSpec disk, VolumeSource source, List<Step> steps) {
    VolumeFile now = now(host, disk);
    if (now.content().isPresent()) {
      judge(spec, host, now, source, steps);
      return;
    }
    if (snapshot.desiredSetting(host.name(), now.key()).isPresent()) {
      draft.problem(
          spec.name(),
          "has lost its volume "
              + disk.path()
              + " on "
              + host.name()
              + ": bring it back, or remove the VM; an empty one is not made in its place");
      return;
    }
    VolumeFile target =
        new VolumeFile(
            disk.path(), new Content(disk.format(), source, spec.name(), snapshot.version()));
    steps.add(
        draft.step(
            host.name(),
            new SetHostSetting(target),
            new HostSettingRecord(now),
            source.image().flatMap(image -> image(spec, host, image)).stream().toList()));
    draft.change(new DesiredChange.PutHostSetting(host.name(), target));
    draft.decide(
        "operator",
        spec.name(),
        "its disk " + disk.path() + " is made on " + host.name() + ": " + target.value(),
        source.kind() == VolumeSource.Kind.CLONE ? "a copy of the image" : "none",
        "as specified");
  }

  /** The step that fetches the image; absent where the host has it. */
  private Optional<Step> image(VmSpec spec, HostView host, String name) {
    Optional<Step> fetch = images.step(host.name(), ImageFile.key(name));
    boolean there =
        host.settings().get(ImageFile.key(name)) instanceof ImageFile image && image.isIntact();
    if (fetch.isEmpty() && !there) {
      draft.problem(
          spec.name(),
          "needs the image '"
              + name
              + "', which "
              + host.name()
              + " does not have intact: declare it with 'kind: Image', or 'ballast image fetch'");
    }
    return fetch;
  }

  private void judge(
      VmSpec spec, HostView host, VolumeFile now, VolumeSource wanted, List<Step> steps) {
    Content found = now.content().orElseThrow();
    if (!found.owner().equals(spec.name())) {
      draft.problem(spec.name(), now.path() + " was made for " + found.owner());
    } else if (wanted.sizeBytes() < found.source().sizeBytes()) {
      draft.problem(
          spec.name(),
          now.path()
              + " is "
              + found.describe()
              + ": it cannot shrink without losing what lies behind; keep its size");
    } else if (wanted.sizeBytes() > found.source().sizeBytes()) {
      grow(spec, host, now, found.ofSize(wanted.sizeBytes()), steps);
    } else if (snapshot
        .desiredSetting(host.name(), now.key())
        .filter(former -> !former.equals(now))
        .isPresent()) {
      draft.change(new DesiredChange.PutHostSetting(host.name(), now));
    }
  }

  private void grow(VmSpec spec, HostView host, VolumeFile now, Content wanted, List<Step> steps) {
    if (snapshot.frozenVms().contains(spec.name())) {
      draft.problem(spec.name(), "is frozen: unfreeze it first");
      return;
    }
    ObservedDomain domain = host.domains().get(spec.name());
    if (domain != null && !domain.snapshots().isEmpty()) {
      draft.problem(
          spec.name(),
          "has snapshot "
              + domain.snapshots().getFirst().name()
              + ", to which a larger "
              + now.path()
              + " could not go back: delete it first ('ballast snapshots "
              + spec.name()
              + "')");
      return;
    }
    VolumeFile target = new VolumeFile(now.path(), wanted);
    steps.add(
        draft.step(host.name(), new GrowVolume(target), new HostSettingRecord(now), List.of()));
    draft.change(new DesiredChange.PutHostSetting(host.name(), target));
    boolean active = domain != null && domain.state().isActive();
    draft.decide(
        "operator",
        spec.name(),
        "its disk "
            + now.path()
            + " grows from "
            + LimitText.bytes(now.content().orElseThrow().source().sizeBytes())
            + " to "
            + LimitText.bytes(wanted.source().sizeBytes())
            + (active ? " while it runs" : ""),
        "it never shrinks again",
        "as specified");
  }

  /** Moves the VM's volumes into the trash of the host, after those steps. */
  List<Step> discard(VmSpec spec, HostView host, List<Step> after) {
    List<Step> steps = new ArrayList<>();
    for (DiskSpec disk : spec.disks()) {
      VolumeFile now = now(host, disk);
      boolean ours =
          disk.volume().isPresent()
              && now.content().filter(found -> found.owner().equals(spec.name())).isPresent();
      if (ours) {
        steps.add(
            draft.step(
                host.name(), new SetHostSetting(now.absent()), new HostSettingRecord(now), after));
      }
      if (snapshot.desiredSetting(host.name(), now.key()).isPresent()) {
        draft.change(new DesiredChange.RemoveHostSetting(host.name(), now.key()));
      }
    }
    return steps;
  }

  private static VolumeFile now(HostView host, DiskSpec disk) {
    VolumeFile absent = new VolumeFile(disk.path(), Optional.empty());
    return host.found(absent) instanceof VolumeFile found ? found : absent;
  }
}
