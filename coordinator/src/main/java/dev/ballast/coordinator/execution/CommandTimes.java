package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.StoredFile;
import java.util.List;
import java.util.Optional;

/** How long commands may take: until they start, then as long as their actions need at worst. */
final class CommandTimes {
  /** For the way there and back and the agent's journal. */
  static final long MARGIN_MILLIS = 5_000;

  private static final long CONFIGURATION_MILLIS = 10_000;
  private static final long UNMERGE_MILLIS = 330_000;
  private static final long HOST_SETTING_MILLIS = 60_000;
  private static final long SWITCH_MILLIS = 30_000;
  private static final long START_MILLIS = 60_000;
  private static final long DESTROY_MILLIS = 30_000;

  /** A guest's whole memory may have to be written, or read. */
  private static final long SNAPSHOT_MILLIS = 960_000;

  /** For giving a migration up, and for looking afterwards. */
  private static final long MIGRATION_END_MILLIS = 60_000;

  /** How long a host waits to be reached again after a change of its switch before it undoes it. */
  static final long SWITCH_CONFIRM_MILLIS = 60_000;

  private CommandTimes() {}

  /**
   * How long the host awaits a confirmation, unless it carries out something final: as the operator
   * says, and always when its switch or its networks are changed.
   */
  static Optional<Long> confirmWithinMillis(List<Task> tasks, Optional<Long> operators) {
    if (tasks.stream().anyMatch(Task::isFinal)) {
      return Optional.empty();
    }
    boolean isNetwork = tasks.stream().anyMatch(task -> isNetwork(task.planned().action()));
    return operators.or(() -> isNetwork ? Optional.of(SWITCH_CONFIRM_MILLIS) : Optional.empty());
  }

  /** Whether the action could cut the host off. */
  private static boolean isNetwork(Action action) {
    return action instanceof SetSwitch
        || (action instanceof SetHostSetting(HostSetting setting)
            && (setting instanceof VirtualNetworks
                || setting instanceof PortForwards
                || setting instanceof LinkSetting
                || setting instanceof IpForwarding));
  }

  /** After so long without an outcome, nobody waits for the command any more. */
  static long outcomeWithinMillis(
      long deadlineMillis, List<Task> tasks, Optional<Long> confirmWithin) {
    long actions = tasks.stream().mapToLong(task -> durationMillis(task.planned().action())).sum();
    return deadlineMillis + actions + confirming(tasks, confirmWithin) + MARGIN_MILLIS;
  }

  /** What the actions may take that last as long as they are told, as against a moment. */
  static long lastingMillis(List<Task> tasks, Optional<Long> confirmWithin) {
    return confirming(tasks, confirmWithin)
        + tasks.stream()
            .map(task -> task.planned().action())
            .filter(CommandTimes::lasts)
            .mapToLong(CommandTimes::durationMillis)
            .sum();
  }

  private static boolean lasts(Action action) {
    return action instanceof ShutdownDomain
        || action instanceof MigrateDomain
        || action instanceof TakeSnapshot
        || action instanceof Final.RevertSnapshot
        || action instanceof Final.DeleteSnapshot
        || action instanceof SetHostSetting(StoredFile ignored);
  }

  /** Unconfirmed, all is undone afterwards, which takes about as long as doing it. */
  private static long confirming(List<Task> tasks, Optional<Long> confirmWithin) {
    return confirmWithinMillis(tasks, confirmWithin)
        .map(millis -> millis + tasks.size() * CONFIGURATION_MILLIS)
        .orElse(0L);
  }

  /** The kernel moves some gigabytes a second, and a guest may have a terabyte. */
  private static final long MEMORY_MILLIS = 120_000;

  private static long durationMillis(Action action) {
    return switch (action) {
      case PinCpus ignored -> CONFIGURATION_MILLIS;
      case SetLimits ignored -> CONFIGURATION_MILLIS;
      case SetMemoryNodes ignored -> MEMORY_MILLIS;
      case SetGuestTime ignored -> CONFIGURATION_MILLIS;
      case Final.GrowVolume ignored -> HOST_SETTING_MILLIS;
      case Final.PurgeTrash ignored -> HOST_SETTING_MILLIS;
      case TakeSnapshot ignored -> SNAPSHOT_MILLIS;
      case Final.RevertSnapshot ignored -> SNAPSHOT_MILLIS;
      case Final.DeleteSnapshot ignored -> SNAPSHOT_MILLIS;
      case SetKsm ksm ->
          ksm.settings().run() == KsmSettings.UNMERGING ? UNMERGE_MILLIS : CONFIGURATION_MILLIS;
      case SetHostSetting(StoredFile file) -> file.limitMillis() + HOST_SETTING_MILLIS;
      case SetHostSetting ignored -> HOST_SETTING_MILLIS;
      case SetSwitch ignored -> SWITCH_MILLIS;
      case DefineDomain ignored -> CONFIGURATION_MILLIS;
      case UndefineDomain ignored -> CONFIGURATION_MILLIS;
      case StartDomain ignored -> START_MILLIS;
      case ShutdownDomain shutdown -> shutdown.timeoutMillis() + CONFIGURATION_MILLIS;
      case DestroyDomain ignored -> DESTROY_MILLIS;
      case MigrateDomain migrate -> migrate.limits().timeoutMillis() + MIGRATION_END_MILLIS;
    };
  }
}
