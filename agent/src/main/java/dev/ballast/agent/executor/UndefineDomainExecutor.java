package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.UndefineDomain;
import java.util.Optional;

/** Undefines an inactive domain of Ballast's; a file of NVRAM stays for the undo. */
final class UndefineDomainExecutor implements ActionExecutor {
  private final UndefineDomain action;

  UndefineDomainExecutor(UndefineDomain action) {
    this.action = action;
  }

  @Override
  public UndefineDomain action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return Optional.empty();
    }
    if (present.active()) {
      return Optional.of(
          Illegal.of(
              "domain " + action.vm() + " is " + present.domain().state() + ": stop it first"));
    }
    if (present.domain().specDigest().isEmpty()) {
      return Optional.of(
          new Illegal(
              RefusalReason.OTHER_OWNER, "domain " + action.vm() + " was not defined by Ballast"));
    }
    if (present.xml().filter(xml -> xml.contains("<tpm ")).isPresent()) {
      return Optional.of(
          Illegal.of("domain " + action.vm() + " has a vTPM, whose state undefining would lose"));
    }
    if (!present.domain().snapshots().isEmpty()) {
      return Optional.of(
          Illegal.of(
              "domain "
                  + action.vm()
                  + " has snapshots ("
                  + present.domain().snapshots().getFirst().name()
                  + "), without which libvirt does not let it go: delete them first"));
    }
    return present.managedSave()
        ? Optional.of(
            Illegal.of(
                "domain "
                    + action.vm()
                    + " has a managed-save image, which undefining would lose:"
                    + " start it, or remove the image (virsh managedsave-remove)"))
        : Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof NoDomain;
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new NoDomain();
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    writer.libvirt().undefine(action.vm().value());
    ObjectState after = host.domain(action.vm());
    if (!atTarget(after)) {
      throw new ExecutionFault("undefined, yet the domain is still there: " + after.describe());
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (Configurations.same(before, now)) {
      return Standing.BEFORE;
    }
    return before instanceof DomainPresent old
            && now instanceof DomainPresent found
            && (Configurations.sameExceptAutostart(old, found) || startedMeanwhile(old, found))
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  /** Started by somebody just before it was undefined: the guest would be gone once it stops. */
  private static boolean startedMeanwhile(DomainPresent old, DomainPresent found) {
    return found.active()
        && !found.persistent()
        && found.domain().uuid().equals(old.domain().uuid());
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old) || old.xml().isEmpty()) {
      throw new ExecutionFault("the former XML of " + action.vm() + " is not known");
    }
    writer.libvirt().defineXml(old.xml().get());
    if (old.autostart()) {
      writer.libvirt().setAutostart(action.vm().value(), true);
    }
    ObjectState after = host.domain(action.vm());
    if (!Configurations.same(before, after)) {
      throw new ExecutionFault("after undo the domain reads back as " + after.describe());
    }
  }
}
