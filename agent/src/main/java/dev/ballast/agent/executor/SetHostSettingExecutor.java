package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Sets one thing of the machine and looks afterwards whether it took. */
final class SetHostSettingExecutor implements ActionExecutor {
  private final SetHostSetting action;

  SetHostSettingExecutor(SetHostSetting action) {
    this.action = action;
  }

  @Override
  public SetHostSetting action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) {
    return host.setting(action.setting().key());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof HostSettingPresent(HostSetting now))) {
      return Optional.of(new Illegal(RefusalReason.MISSING_CAPABILITY, state.describe()));
    }
    return host.machine()
        .otherOwner(action.setting())
        .map(owner -> new Illegal(RefusalReason.OTHER_OWNER, owner))
        .or(() -> host.machine().illegal(action.setting(), now).map(Illegal::of));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state.equals(new HostSettingPresent(action.setting()));
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new HostSettingPresent(action.setting());
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    write(action.setting(), host, writer);
  }

  private void write(HostSetting target, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    try {
      writer.machine().write(target, host.onlineCpus());
    } catch (IOException e) {
      throw new ExecutionFault(String.valueOf(e.getMessage()));
    }
    ObjectState after = observe(host);
    if (!after.equals(new HostSettingPresent(target))) {
      throw new ExecutionFault(after.describe() + " is all that the host gave" + why(target));
    }
  }

  private static String why(HostSetting target) {
    return target instanceof Hugepages
        ? " (its memory is fragmented: allocate hugepages early, or at boot)"
        : " (is another service setting it?)";
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (now.equals(before)) {
      return Standing.BEFORE;
    }
    if (before instanceof HostSettingPresent(VirtualNetworks old)
        && now instanceof HostSettingPresent(VirtualNetworks found)
        && action.setting() instanceof VirtualNetworks target) {
      return halfway(old, target, found) ? Standing.OWN_STEP : Standing.FOREIGN;
    }
    if (before instanceof HostSettingPresent(IpForwarding ignored)
        && now instanceof HostSettingPresent(IpForwarding found)
        && action.setting() instanceof IpForwarding target
        && found.ipv4() == target.ipv4()) {
      return Standing.OWN_STEP;
    }
    if (before instanceof HostSettingPresent(OwnLinks old)
        && now instanceof HostSettingPresent(OwnLinks found)
        && action.setting() instanceof OwnLinks target) {
      return between(old, target, found) ? Standing.OWN_STEP : Standing.FOREIGN;
    }
    // The kernel makes hugepages one by one, and stops where it finds no more.
    return before instanceof HostSettingPresent(Hugepages old)
            && now instanceof HostSettingPresent(Hugepages found)
            && action.setting() instanceof Hugepages target
            && found.count() >= Math.min(old.count(), target.count())
            && found.count() <= Math.max(old.count(), target.count())
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  /** Networks go before others come, and are defined before they start. */
  private static boolean halfway(
      VirtualNetworks old, VirtualNetworks target, VirtualNetworks found) {
    return found.networks().entrySet().stream()
        .allMatch(
            entry ->
                Stream.of(old, target)
                    .map(side -> side.networks().get(entry.getKey()))
                    .filter(network -> network != null)
                    .anyMatch(network -> network.running().equals(entry.getValue().running())));
  }

  /** A batch of links was broken off: each has what one of the sides has, or had before. */
  private static boolean between(OwnLinks old, OwnLinks target, OwnLinks found) {
    Set<String> known = new TreeSet<>();
    for (OwnLinks side : List.of(old, target)) {
      for (HostLink link : side.links().values()) {
        known.addAll(link.addresses());
        known.addAll(link.routes());
        known.addAll(link.ports());
        link.former().ifPresent(had -> known.addAll(had.addresses()));
        link.former().ifPresent(had -> known.addAll(had.routes()));
      }
    }
    return found.links().entrySet().stream()
        .allMatch(
            entry ->
                (old.links().containsKey(entry.getKey())
                        || target.links().containsKey(entry.getKey()))
                    && known.containsAll(entry.getValue().addresses())
                    && known.containsAll(entry.getValue().routes())
                    && known.containsAll(entry.getValue().ports())
                    && Set.of("", HostLink.DOWN).contains(entry.getValue().extra()));
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    if (!(before instanceof HostSettingPresent(HostSetting old))) {
      throw new ExecutionFault("there was nothing to restore");
    }
    try {
      write(old, host, writer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionFault("interrupted while restoring " + old.describe());
    }
  }
}
