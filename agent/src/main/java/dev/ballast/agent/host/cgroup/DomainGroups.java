package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.QemuProcesses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The control groups that libvirt made for a domain: those of a thread up to the domain's own. Only
 * their limits are the VM's; a group above them is the host's.
 */
public final class DomainGroups {
  private static final int CGROUP_LIMIT_BYTES = 16 * 1024;
  private static final int DEPTH_LIMIT = 8;

  private DomainGroups() {}

  /** Directories, the thread's own group first, the domain's last; none where there is no such. */
  public static List<String> of(
      KernelFiles files, CgroupMounts mounts, long pid, long tid, String controller) {
    String text =
        files.read(QemuProcesses.threadFile(pid, tid, "cgroup"), CGROUP_LIMIT_BYTES).orElse("");
    Optional<String> mount = mounts.directory(controller);
    String group = mounts.groupOf(text, controller).orElse("");
    List<String> own = new ArrayList<>();
    while (mount.isPresent() && group.lastIndexOf('/') >= 0 && own.size() < DEPTH_LIMIT) {
      int slash = group.lastIndexOf('/');
      own.add(mount.get() + group);
      if (isDomainGroup(group.substring(slash + 1))) {
        return own;
      }
      group = group.substring(0, slash);
    }
    return List.of();
  }

  private static boolean isDomainGroup(String name) {
    return name.startsWith("qemu-") || name.startsWith("machine-qemu");
  }
}
