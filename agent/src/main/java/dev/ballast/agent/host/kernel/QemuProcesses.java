package dev.ballast.agent.host.kernel;

import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The QEMU processes of running domains: libvirt writes their numbers to /run/libvirt/qemu, QEMU
 * names the threads of its vCPUs.
 */
public final class QemuProcesses {
  public static final String DIRECTORY = "/run/libvirt/qemu";

  private static final String SUFFIX = ".pid";
  private static final Pattern VCPU_THREAD = Pattern.compile("CPU (\\d{1,5})/(KVM|TCG|HVF|XEN)");
  private static final Pattern IO_THREAD = Pattern.compile("IO iothread(\\d{1,4})");
  // One thread runs all vCPUs of an emulated guest on request.
  private static final String ALL_VCPUS_THREAD = "ALL CPUs/TCG";
  private static final int COMM_LIMIT_BYTES = 64;

  private final KernelFiles files;

  public QemuProcesses(KernelFiles files) {
    this.files = files;
  }

  /** The process of each running domain; one whose name is no VM name is left out. */
  public SortedMap<VmName, Long> pids() {
    SortedMap<VmName, Long> pids = new TreeMap<>();
    for (String file : files.list(DIRECTORY)) {
      if (file.endsWith(SUFFIX)) {
        String name = file.substring(0, file.length() - SUFFIX.length());
        OptionalLong pid = files.readLong(DIRECTORY + "/" + file);
        if (VmName.FORM.matcher(name).matches() && pid.isPresent() && pid.getAsLong() > 0) {
          pids.put(new VmName(name), pid.getAsLong());
        }
      }
    }
    return Collections.unmodifiableSortedMap(pids);
  }

  /** The process of that domain, if it runs. */
  public Optional<Long> pid(VmName vm) {
    OptionalLong pid = files.readLong(DIRECTORY + "/" + vm + SUFFIX);
    return pid.isPresent() && pid.getAsLong() > 0 ? Optional.of(pid.getAsLong()) : Optional.empty();
  }

  /** The thread of each vCPU by its number; none when the process is no QEMU (any more). */
  public SortedMap<Integer, Long> vcpuThreads(long pid) {
    return threads(pid, QemuProcesses::vcpuNumber);
  }

  /** The I/O threads by their number. */
  public SortedMap<Integer, Long> iothreads(long pid) {
    return threads(
        pid,
        comm -> {
          Matcher matcher = IO_THREAD.matcher(comm);
          return matcher.matches()
              ? Optional.of(Integer.valueOf(matcher.group(1)))
              : Optional.empty();
        });
  }

  private SortedMap<Integer, Long> threads(long pid, Function<String, Optional<Integer>> number) {
    SortedMap<Integer, Long> threads = new TreeMap<>();
    for (String entry : files.list(taskDirectory(pid))) {
      OptionalLong tid = KernelFiles.leadingLong(entry);
      if (tid.isPresent()) {
        String comm =
            files.read(taskDirectory(pid) + "/" + entry + "/comm", COMM_LIMIT_BYTES).orElse("");
        number.apply(comm.strip()).ifPresent(found -> threads.put(found, tid.getAsLong()));
      }
    }
    return Collections.unmodifiableSortedMap(threads);
  }

  private static Optional<Integer> vcpuNumber(String comm) {
    if (comm.equals(ALL_VCPUS_THREAD)) {
      return Optional.of(0);
    }
    Matcher matcher = VCPU_THREAD.matcher(comm);
    return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
  }

  public static String taskDirectory(long pid) {
    return "/proc/" + pid + "/task";
  }

  /** A file of one thread. */
  public static String threadFile(long pid, long tid, String name) {
    return taskDirectory(pid) + "/" + tid + "/" + name;
  }
}
