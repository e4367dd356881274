package dev.ballast.agent.practice;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.OtherOwner;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds other programs that manage the host: by the names of processes, and by their files. */
public final class OwnersReader {
  private static final int COMM_BYTES = 64;
  private static final String NETPLAN = "/etc/netplan";

  // As the kernel shows them: at most 15 characters.
  private static final Map<String, OtherOwner> PROCESSES =
      Map.of(
          "numad", OtherOwner.NUMAD,
          "ksmtuned", OtherOwner.KSMTUNED,
          "tuned", OtherOwner.TUNED,
          "NetworkManager", OtherOwner.NETWORK_MANAGER,
          "vdsmd", OtherOwner.VDSM,
          "momd", OtherOwner.VDSM,
          "nova-compute", OtherOwner.NOVA);

  private final KernelFiles files;

  public OwnersReader(KernelFiles files) {
    this.files = files;
  }

  /** Who runs now, with what gave it away; no process numbers, which would change by themselves. */
  public SortedMap<OtherOwner, String> read() {
    SortedMap<OtherOwner, String> found = new TreeMap<>();
    for (String entry : files.list("/proc")) {
      if (Character.isDigit(entry.charAt(0))) {
        String comm = files.read("/proc/" + entry + "/comm", COMM_BYTES).orElse("").strip();
        OtherOwner owner = PROCESSES.get(comm);
        if (owner != null) {
          found.put(owner, "process " + comm);
        }
      }
    }
    if (files.list(NETPLAN).stream().anyMatch(name -> name.endsWith(".yaml"))) {
      found.put(OtherOwner.NETPLAN, "files in " + NETPLAN);
    }
    return found;
  }
}
