package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.model.VolumeFile;
import java.io.IOException;
import java.util.Optional;

/** Makes a volume larger: by the QEMU that has it open, else by {@code qemu-img}. */
final class GrowVolumeExecutor implements ActionExecutor {
  private final GrowVolume action;

  GrowVolumeExecutor(GrowVolume action) {
    this.action = action;
  }

  @Override
  public GrowVolume action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) {
    return host.setting(action.volume().key());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    return state instanceof HostSettingPresent(VolumeFile now)
        ? host.machine().stored().illegalGrowth(action.volume(), now).map(Illegal::of)
        : Optional.of(Illegal.of(state.describe()));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state.equals(new HostSettingPresent(action.volume()));
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new HostSettingPresent(action.volume());
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    VolumeFile volume = action.volume();
    if (host.domain(action.vm()) instanceof DomainPresent present && present.active()) {
      writer
          .libvirt()
          .resizeDisk(
              action.vm().value(),
              volume.path(),
              volume.content().orElseThrow().source().sizeBytes());
    } else {
      try {
        writer.storage().grow(volume);
      } catch (IOException e) {
        throw new ExecutionFault(String.valueOf(e.getMessage()));
      }
    }
    ObjectState after = observe(host);
    if (!atTarget(after)) {
      throw new ExecutionFault("afterwards it is " + after.describe());
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return now.equals(before) ? Standing.BEFORE : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    throw new ExecutionFault("nothing undoes '" + action.describe() + "'");
  }
}
