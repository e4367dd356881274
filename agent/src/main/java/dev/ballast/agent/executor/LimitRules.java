package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.GuestMemory;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.VmLimits;
import java.util.Optional;

/** When limits may be set: on devices that exist, never below what the guest's memory needs now. */
final class LimitRules {
  /** What a lowered memory limit leaves above the use, which grows between look and write. */
  static final long MARGIN_BYTES = 16L << 20;

  private final SetLimits action;
  private final HostReader host;

  LimitRules(SetLimits action, HostReader host) {
    this.action = action;
    this.host = host;
  }

  Optional<Illegal> illegal(ObjectState state) {
    if (!(state instanceof DomainPresent present)) {
      return because("there is no domain " + action.vm());
    }
    if (!present.persistent() || present.configTuning().isEmpty()) {
      return because(
          "domain " + action.vm() + " is transient: it has no configuration to keep limits in");
    }
    if (present.active() && present.liveTuning().isEmpty()) {
      return because("the control groups of " + action.vm() + " cannot be found in the kernel");
    }
    Optional<Illegal> wrong = devices(present.configTuning().get());
    if (wrong.isPresent()) {
      return wrong;
    }
    if (action.limits().quotaAboveGlobal().isPresent()) {
      return because(
          "a quota of "
              + action.limits().quotaAboveGlobal().get()
              + " is above the one of the whole VM");
    }
    Optional<String> cap =
        action
            .limits()
            .cap()
            .wrong(present.domain().memoryBytes(), action.limits().memorySoftBytes());
    if (cap.isPresent()) {
      return because(cap.get());
    }
    return blkio(present)
        .or(
            () ->
                present.active()
                    ? soft(present).or(() -> hard(present)).or(() -> balloon(present))
                    : Optional.empty());
  }

  private static Optional<Illegal> because(String detail) {
    return Optional.of(Illegal.of(detail));
  }

  private Optional<Illegal> devices(Tuning config) {
    for (String disk : action.limits().disks().keySet()) {
      if (!config.disks().contains(disk)) {
        return because("there is no disk " + disk + "; the disks are " + config.disks());
      }
    }
    for (int nic : action.limits().nics().keySet()) {
      if (nic < 0 || nic >= config.nics().size()) {
        return because("there is no NIC " + nic + "; there are " + config.nics().size());
      }
    }
    return Optional.empty();
  }

  private Optional<Illegal> blkio(DomainPresent present) {
    Optional<Integer> now = present.configTuning().flatMap(tuning -> tuning.limits().blkioWeight());
    return action.limits().blkioWeight().isEmpty()
            || action.limits().blkioWeight().equals(now)
            || host.keepsBlkioWeights()
        ? Optional.empty()
        : Optional.of(
            new Illegal(
                RefusalReason.MISSING_CAPABILITY,
                "a blkio weight needs the BFQ scheduler, which no block device of this host has"
                    + " (/sys/block/DEVICE/queue/scheduler); limit iops or bytes of disks"
                    + " instead"));
  }

  private Optional<Illegal> soft(DomainPresent present) {
    return notBelowUse(
        "soft",
        action.limits().memorySoftBytes(),
        present.liveTuning().map(Tuning::limits).flatMap(VmLimits::memorySoftBytes));
  }

  private Optional<Illegal> hard(DomainPresent present) {
    return notBelowUse(
        "hard",
        action.limits().cap().hardBytes(),
        present.liveTuning().map(Tuning::limits).flatMap(limits -> limits.cap().hardBytes()));
  }

  private Optional<Illegal> notBelowUse(String kind, Optional<Long> wanted, Optional<Long> now) {
    if (wanted.isEmpty() || wanted.get() >= now.orElse(Long.MAX_VALUE)) {
      return Optional.empty();
    }
    Optional<Long> use = host.memoryUseBytes(action.vm());
    if (use.isEmpty()) {
      return because("how much memory " + action.vm() + " uses cannot be read");
    }
    long leastBytes = use.get() + MARGIN_BYTES;
    return wanted.get() >= leastBytes
        ? Optional.empty()
        : because(
            "a memory %s limit of %s is below the use of %s and a margin of %s: at least %s"
                .formatted(
                    kind,
                    LimitText.bytes(wanted.get()),
                    mebibytes(use.get()),
                    mebibytes(MARGIN_BYTES),
                    mebibytes(leastBytes)));
  }

  private Optional<Illegal> balloon(DomainPresent present) {
    Optional<Long> wanted = action.limits().balloonBytes();
    Optional<Long> config =
        present.configTuning().map(Tuning::limits).flatMap(VmLimits::balloonBytes);
    if (wanted.isEmpty() || wanted.equals(config)) {
      return Optional.empty();
    }
    if (wanted.get() > present.domain().memoryBytes()) {
      return because(
          "the balloon is to leave %s of a memory of %s"
              .formatted(
                  LimitText.bytes(wanted.get()), LimitText.bytes(present.domain().memoryBytes())));
    }
    Optional<GuestMemory> guest;
    try {
      guest = host.guestMemory(action.vm());
    } catch (LibvirtFault e) {
      return because("how much memory the guest uses cannot be asked: " + e.getMessage());
    }
    if (guest.isEmpty()) {
      return because(
          "the guest of %s tells no memory statistics (no balloon driver, or not yet): how much it"
                  .formatted(action.vm())
              + " uses is not known; a stopped VM takes any balloon");
    }
    long usedBytes = Math.max(0, guest.get().balloonBytes() - guest.get().freeBytes());
    long leastBytes = usedBytes + MARGIN_BYTES;
    return wanted.get() >= leastBytes
        ? Optional.empty()
        : because(
            "a balloon of %s is below the guest's use of %s and a margin of %s: at least %s"
                .formatted(
                    LimitText.bytes(wanted.get()),
                    mebibytes(usedBytes),
                    mebibytes(MARGIN_BYTES),
                    mebibytes(leastBytes)));
  }

  /** Rounded up. */
  private static String mebibytes(long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + "MiB";
  }
}
