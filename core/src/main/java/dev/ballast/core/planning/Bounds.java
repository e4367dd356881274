package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a rebalancing leaves alone for now, each with the reason.
 *
 * @param vms that do not move
 * @param hosts that no VM leaves or comes to
 */
public record Bounds(SortedMap<VmName, String> vms, SortedMap<HostName, String> hosts) {
  public static final Bounds NONE = new Bounds(new TreeMap<>(), new TreeMap<>());

  public Bounds {
    vms = Collections.unmodifiableSortedMap(new TreeMap<>(vms));
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
  }

  /** Why the VM stays on its host; empty where nothing here keeps it. */
  String whyFixed(VmName vm, HostName host) {
    String ofHost = hosts.get(host);
    return ofHost == null ? ofVm(vms, vm) : "its host " + ofHost;
  }

  private static String ofVm(Map<VmName, String> vms, VmName vm) {
    return vms.getOrDefault(vm, "");
  }
}
