package dev.ballast.agent.executor;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.action.Final.RevertSnapshot;
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
import dev.ballast.core.model.StoredFile;

/** The executor of each action. */
public final class Executors {
  private final Waiting waiting;
  private final MigrationPolicy migration;

  public Executors(Waiting waiting, MigrationPolicy migration) {
    this.waiting = waiting;
    this.migration = migration;
  }

  /**
   * A new executor, for one command.
   *
   * @param steering the command's
   */
  public ActionExecutor of(Action action, Steering steering) {
    return switch (action) {
      case PinCpus pin -> new PinCpusExecutor(pin);
      case SetLimits limits -> new SetLimitsExecutor(limits);
      case SetMemoryNodes memory -> new SetMemoryNodesExecutor(memory);
      case SetGuestTime time -> new SetGuestTimeExecutor(time);
      case SetKsm ksm -> new SetKsmExecutor(ksm);
      case SetHostSetting(StoredFile file) ->
          new SetStoredFileExecutor(new SetHostSetting(file), file, waiting, steering);
      case SetHostSetting setting -> new SetHostSettingExecutor(setting);
      case SetSwitch change -> new SetSwitchExecutor(change, waiting);
      case DefineDomain define -> new DefineDomainExecutor(define);
      case UndefineDomain undefine -> new UndefineDomainExecutor(undefine);
      case StartDomain start -> new StartDomainExecutor(start);
      case ShutdownDomain shutdown -> new ShutdownDomainExecutor(shutdown, waiting);
      case DestroyDomain destroy -> new DestroyDomainExecutor(destroy);
      case GrowVolume grow -> new GrowVolumeExecutor(grow);
      case TakeSnapshot take -> new TakeSnapshotExecutor(take, waiting);
      case RevertSnapshot revert -> new RevertSnapshotExecutor(revert, waiting);
      case DeleteSnapshot delete -> new DeleteSnapshotExecutor(delete, waiting);
      case PurgeTrash purge -> new PurgeTrashExecutor(purge);
      case MigrateDomain migrate ->
          new MigrateDomainExecutor(migrate, migration, waiting, steering);
    };
  }
}
