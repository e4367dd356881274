package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CPUs that the group of all guests may use; what is not among them is reserved. With cgroup
 * version 2 systemd's {@code machine.slice} is told by {@code AllowedCPUs}, which lasts; with
 * version 1 the group's {@code cpuset.cpus}, which libvirt made with the first guest.
 */
final class GuestCpus {
  static final String SLICE = "machine.slice";

  /** Where {@code systemctl set-property} writes it down. */
  static final String DROP_IN = "/etc/systemd/system.control/" + SLICE + ".d/50-AllowedCPUs.conf";

  private static final Pattern ALLOWED = Pattern.compile("(?m)^AllowedCPUs=([0-9, \\t-]*)$");
  private static final List<String> GROUPS = List.of("/machine", "/" + SLICE);

  private final KernelFiles files;

  GuestCpus(KernelFiles files) {
    this.files = files;
  }

  /** Absent where neither way is there. */
  Optional<ReservedCpus> read(CpuSet online) {
    Optional<String> group = groupFile();
    if (group.isPresent()) {
      return files.read(group.get()).map(text -> reserved(online, text.strip()));
    }
    if (!usesSystemd()) {
      return Optional.empty();
    }
    Matcher allowed = ALLOWED.matcher(files.read(DROP_IN).orElse(""));
    String last = "";
    while (allowed.find()) {
      last = allowed.group(1).strip().replaceAll("[ \\t]+", ",");
    }
    return Optional.of(reserved(online, last));
  }

  private static ReservedCpus reserved(CpuSet online, String allowed) {
    try {
      return new ReservedCpus(
          allowed.isEmpty() ? CpuSet.EMPTY : online.minus(CpuSet.parse(allowed)));
    } catch (IllegalArgumentException e) {
      // What systemd takes and we cannot read restricts nobody that we know of.
      return new ReservedCpus(CpuSet.EMPTY);
    }
  }

  /** The file of version 1 that confines all guests. */
  Optional<String> groupFile() {
    return Optional.ofNullable(CgroupMounts.read(files).version1().get("cpuset"))
        .flatMap(
            mount ->
                GROUPS.stream()
                    .map(group -> mount + group + "/cpuset.cpus")
                    .filter(files::exists)
                    .findFirst());
  }

  /** The files of version 1 that confine one guest each, below the group of all. */
  List<String> domainFiles(String groupFile) {
    String group = groupFile.substring(0, groupFile.lastIndexOf('/'));
    return files.list(group).stream()
        .sorted()
        .map(name -> group + "/" + name + "/cpuset.cpus")
        .filter(files::exists)
        .toList();
  }

  boolean usesSystemd() {
    CgroupMounts mounts = CgroupMounts.read(files);
    return files.isDirectory("/run/systemd/system")
        && !mounts.version1().containsKey("cpuset")
        && mounts.unifiedControllers().contains("cpuset");
  }
}
