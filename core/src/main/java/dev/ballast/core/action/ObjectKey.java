package dev.ballast.core.action;

import dev.ballast.core.model.VmName;

/** The name of a thing on a host that actions change: {@code domain/web-1}, {@code ksm}. */
public record ObjectKey(String value) {
  public static final ObjectKey KSM = new ObjectKey("ksm");

  public static ObjectKey domain(VmName vm) {
    return new ObjectKey("domain/" + vm.value());
  }

  @Override
  public String toString() {
    return value;
  }
}
