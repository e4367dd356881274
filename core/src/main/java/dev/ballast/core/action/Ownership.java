package dev.ballast.core.action;

import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.OtherOwner;
import java.util.Optional;
import java.util.Set;

/** Which actions another owner forbids: two owners of one object would undo each other's work. */
public final class Ownership {
  private Ownership() {}

  /**
   * Why the action is not Ballast's to do; absent when it is.
   *
   * @param onHost who else manages the host
   * @param ofDomain whose mark the domain bears that the action is about
   */
  public static Optional<String> otherOwner(
      Action action, Set<OtherOwner> onHost, Optional<OtherOwner> ofDomain) {
    if (action.object().equals(ObjectKey.KSM)) {
      return first(onHost, OtherOwner.KSMTUNED, OtherOwner.VDSM)
          .map(
              owner -> owner.title() + " sets KSM on this host: stop it there, or leave KSM to it");
    }
    if (action.object().equals(ObjectKey.OVS)) {
      return first(onHost, OtherOwner.VDSM)
          .map(owner -> owner.title() + " makes the bridges of this host: change them there");
    }
    if (action.object().equals(ObjectKey.setting(OwnLinks.KEY))) {
      return first(onHost, OtherOwner.VDSM)
          .map(owner -> owner.title() + " sets the links of this host: change them there");
    }
    if (action.object().vm().isPresent() && ofDomain.isPresent()) {
      String owner = ofDomain.get().title();
      return Optional.of(
          "domain "
              + action.object().vm().get()
              + " belongs to "
              + owner
              + ": change it through "
              + owner);
    }
    if (action instanceof Reversible.PinCpus) {
      return first(onHost, OtherOwner.NUMAD)
          .map(owner -> owner.title() + " moves processes on this host: stop it there first");
    }
    return Optional.empty();
  }

  private static Optional<OtherOwner> first(Set<OtherOwner> found, OtherOwner... candidates) {
    for (OtherOwner candidate : candidates) {
      if (found.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
