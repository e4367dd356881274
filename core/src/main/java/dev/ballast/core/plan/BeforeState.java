package dev.ballast.core.plan;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmLimits;
import java.util.Optional;

/**
 * An object as it was before the first step of an operation that touched it. Since an agent acts
 * only where the expectation holds, the expectation of that step is the before-state.
 */
public sealed interface BeforeState {
  /** There was no domain of that name. */
  record DomainAbsent() implements BeforeState {}

  /**
   * There was one; its XML is not kept here: it is rendered again from the plan's {@link
   * Plan#inverse()}.
   */
  record DomainPresent(
      DomainState state,
      Optional<CpuPins> configPins,
      Optional<CpuPins> livePins,
      Optional<VmLimits> configLimits,
      Optional<VmLimits> liveLimits)
      implements BeforeState {}

  /** The KSM knobs. */
  record KsmBefore(KsmSettings settings) implements BeforeState {}

  /** One thing of a host. */
  record HostSettingBefore(HostSetting setting) implements BeforeState {}

  /** Bridges of a switch. */
  record SwitchBefore(SwitchRecord bridges) implements BeforeState {}

  /** The before-state that the expectation tells; absent where it refers to earlier steps. */
  static Optional<BeforeState> of(Expectation expectation) {
    return switch (expectation) {
      case NoDomain() -> Optional.of(new DomainAbsent());
      case DomainRecord record ->
          Optional.of(
              new DomainPresent(
                  record.state(),
                  record.configPins(),
                  record.livePins(),
                  record.configLimits(),
                  record.liveLimits()));
      case KsmRecord(KsmSettings settings) -> Optional.of(new KsmBefore(settings));
      case HostSettingRecord(HostSetting setting) -> Optional.of(new HostSettingBefore(setting));
      case SwitchRecord record -> Optional.of(new SwitchBefore(record));
      case AfterEarlierSteps ignored -> Optional.empty();
    };
  }
}
