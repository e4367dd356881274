package dev.ballast.core.practice;

import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import java.util.List;
import java.util.Optional;

/** A host's clock follows a time source. */
final class ClockRule implements Rule {
  @Override
  public String id() {
    return "BL010";
  }

  @Override
  public String title() {
    return "host clock synchronised";
  }

  @Override
  public String why() {
    return "Guests take the time from their host; certificates, logs and migrations need one time.";
  }

  @Override
  public List<Finding> examine(Snapshot snapshot, HostView host) {
    ClockState state = host.facts().clock();
    String detail = host.facts().clockDetail();
    if (state == ClockState.SYNCHRONISED || detail.isEmpty()) {
      return List.of();
    }
    boolean unknown = state == ClockState.UNKNOWN;
    return List.of(
        new Finding(
            id(),
            unknown ? Severity.INFO : Severity.WARNING,
            host.name(),
            Optional.empty(),
            "clock",
            (unknown ? "nobody tells whether it is synchronised: " : "is not synchronised: ")
                + detail,
            unknown
                ? "install chrony with a source that the host reaches"
                : "chronyc sources -v shows why; chronyc tracking must say 'Leap status: Normal'",
            Optional.empty()));
  }
}
