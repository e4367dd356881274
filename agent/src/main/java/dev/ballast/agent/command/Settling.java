package dev.ballast.agent.command;

import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.VmName;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits, as long as it takes, until nobody works on an object any more: libvirt answers on a
 * connection that is newer than the call that hung, and twice in a row shows no job for the domain.
 */
final class Settling {
  /** Between two looks; also how long libvirt must have been idle. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int LOOKS = 2;

  private final HostReader host;
  private final Waiting waiting;

  Settling(HostReader host, Waiting waiting) {
    this.host = host;
    this.waiting = waiting;
  }

  /** Returns when the action's object rests; interrupted when the agent stops. */
  void await(Action action) throws InterruptedException {
    var _ = await(action, Optional.empty(), () -> {});
  }

  /**
   * Whether the action's object came to rest before the limit.
   *
   * @param meanwhile done at each look that finds it at work
   */
  boolean await(Action action, Optional<Duration> limit, Runnable meanwhile)
      throws InterruptedException {
    long start = waiting.nanos();
    Optional<VmName> vm = domain(action);
    int idle = 0;
    while (vm.isPresent() && idle < LOOKS) {
      boolean isIdle = isIdle(vm.get());
      idle = isIdle ? idle + 1 : 0;
      if (idle == LOOKS) {
        break;
      }
      if (!isIdle) {
        if (limit.isPresent() && waiting.nanos() - start >= limit.get().toNanos()) {
          return false;
        }
        meanwhile.run();
      }
      waiting.pause(PAUSE);
    }
    return true;
  }

  private boolean isIdle(VmName vm) {
    try {
      return host.idle(vm);
    } catch (LibvirtFault e) {
      return false;
    }
  }

  private static Optional<VmName> domain(Action action) {
    return switch (action) {
      case PinCpus pin -> Optional.of(pin.vm());
      case SetLimits limits -> Optional.of(limits.vm());
      case SetMemoryNodes memory -> Optional.of(memory.vm());
      case DefineDomain define -> Optional.of(define.vm());
      case UndefineDomain undefine -> Optional.of(undefine.vm());
      case TakeSnapshot take -> Optional.of(take.vm());
      case Final.OnDomain last -> Optional.of(last.vm());
      case Final.PurgeTrash ignored -> Optional.empty();
      case SetKsm ignored -> Optional.empty();
      case SetHostSetting ignored -> Optional.empty();
      case SetSwitch ignored -> Optional.empty();
    };
  }
}
