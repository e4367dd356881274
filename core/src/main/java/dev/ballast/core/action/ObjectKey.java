package dev.ballast.core.action;

import dev.ballast.core.model.VmName;
import java.util.Optional;

/** The name of a thing on a host that actions change: {@code domain/web-1}, {@code ksm}. */
public record ObjectKey(String value) {
  public static final ObjectKey KSM = new ObjectKey("ksm");

  /** The host's Open vSwitch, whole. */
  public static final ObjectKey OVS = new ObjectKey("ovs");

  private static final String DOMAIN = "domain/";
  private static final String HOST = "host/";

  public static ObjectKey domain(VmName vm) {
    return new ObjectKey(DOMAIN + vm.value());
  }

  /** The thing of a host that a setting of that key tells. */
  public static ObjectKey setting(String key) {
    return new ObjectKey(HOST + key);
  }

  /** The key of the setting that this object is; absent for another kind of object. */
  public Optional<String> setting() {
    return value.startsWith(HOST) ? Optional.of(value.substring(HOST.length())) : Optional.empty();
  }

  /** The VM whose domain this is; absent for another kind of object. */
  public Optional<VmName> vm() {
    return value.startsWith(DOMAIN)
        ? Optional.of(new VmName(value.substring(DOMAIN.length())))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
