package dev.ballast.agent;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A made-up /proc, /sys and /run below a folder. */
public final class FixtureTree {
  private final Path root;

  public FixtureTree(Path root) {
    this.root = root;
  }

  public KernelFiles files() {
    return new KernelFiles(root);
  }

  public FixtureTree write(String path, String content) {
    try {
      Path file = root.resolve(path.substring(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public FixtureTree delete(String path) {
    try (Stream<Path> walk = Files.walk(root.resolve(path.substring(1)))) {
      walk.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** A QEMU process with that many vCPU threads, numbered from pid + 1, in cgroup version 1. */
  public FixtureTree qemu(String vm, long pid, int vcpus) {
    write("/run/libvirt/qemu/" + vm + ".pid", pid + "\n");
    thread(pid, pid, "qemu-system-x86", group(vm, pid) + "/emulator");
    for (int vcpu = 0; vcpu < vcpus; vcpu++) {
      thread(pid, pid + 1 + vcpu, "CPU " + vcpu + "/TCG", group(vm, pid) + "/vcpu" + vcpu);
    }
    return this;
  }

  public FixtureTree thread(long pid, long tid, String comm, String group) {
    String task = "/proc/" + pid + "/task/" + tid;
    write(task + "/comm", comm + "\n");
    write(task + "/schedstat", "0 0 0\n");
    write(task + "/cgroup", "3:cpuset:/x\n2:cpuacct:" + group + "\n1:cpu:" + group + "\n0::/\n");
    return write(task + "/status", "Name:\tqemu\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n");
  }

  public static String group(String vm, long pid) {
    return "/machine/qemu-" + pid + "-" + vm + ".libvirt-qemu";
  }

  public FixtureTree mountVersion1() {
    return write(
        "/proc/mounts",
        """
        tmpfs /sys/fs/cgroup tmpfs rw 0 0
        cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
        cgroup /sys/fs/cgroup/cpuacct cgroup rw,relatime,cpuacct 0 0
        cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
        """);
  }

  public FixtureTree mountVersion2() {
    write("/proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n");
    return write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb\n");
  }
}
