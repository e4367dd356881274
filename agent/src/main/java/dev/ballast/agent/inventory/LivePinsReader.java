package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.QemuProcesses;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads where the threads of running domains may run from the kernel ({@code Cpus_allowed_list}),
 * not from libvirt's XML, which says only what was once asked for.
 */
public final class LivePinsReader {
  private static final Pattern ALLOWED =
      Pattern.compile("^Cpus_allowed_list:\\s*(\\S+)", Pattern.MULTILINE);
  private static final int STATUS_LIMIT_BYTES = 64 * 1024;

  private final KernelFiles files;
  private final QemuProcesses processes;

  public LivePinsReader(KernelFiles files) {
    this.files = files;
    this.processes = new QemuProcesses(files);
  }

  /** The pins of the domain; absent when it does not run or ends meanwhile. */
  public Optional<CpuPins> read(VmName vm) {
    return processes.pid(vm).flatMap(this::ofProcess);
  }

  /** The pins of every running domain. */
  public SortedMap<VmName, CpuPins> readAll() {
    SortedMap<VmName, CpuPins> pins = new TreeMap<>();
    processes.pids().forEach((vm, pid) -> ofProcess(pid).ifPresent(found -> pins.put(vm, found)));
    return Collections.unmodifiableSortedMap(pins);
  }

  private Optional<CpuPins> ofProcess(long pid) {
    List<CpuSet> vcpus = new ArrayList<>();
    for (long tid : processes.vcpuThreads(pid).values()) {
      Optional<CpuSet> allowed = allowed(pid, tid);
      if (allowed.isEmpty()) {
        return Optional.empty();
      }
      vcpus.add(allowed.get());
    }
    return vcpus.isEmpty()
        ? Optional.empty()
        : allowed(pid, pid).map(emulator -> new CpuPins(vcpus, emulator));
  }

  private Optional<CpuSet> allowed(long pid, long tid) {
    Matcher matcher =
        ALLOWED.matcher(
            files
                .read(QemuProcesses.threadFile(pid, tid, "status"), STATUS_LIMIT_BYTES)
                .orElse(""));
    return matcher.find()
        ? Optional.of(CpuText.list(matcher.group(1))).filter(set -> !set.isEmpty())
        : Optional.empty();
  }
}
