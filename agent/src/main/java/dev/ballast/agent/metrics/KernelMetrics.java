package dev.ballast.agent.metrics;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.DomainGroups;
import dev.ballast.agent.host.cgroup.Pressure;
import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.NicInterrupts;
import dev.ballast.agent.host.kernel.QemuProcesses;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the kernel and chrony tell of pressure, memory limits, interrupts and the clock. */
final class KernelMetrics {
  private static final double MICROS = 1_000_000;
  private static final List<String> RESOURCES = List.of("cpu", "memory", "io");

  private final AgentMetrics.Sources sources;
  private final PrometheusRegistry registry;
  private final KernelFiles files;
  private final QemuProcesses processes;
  private final CgroupMounts mounts;

  KernelMetrics(AgentMetrics.Sources sources, PrometheusRegistry registry) {
    this.sources = sources;
    this.registry = registry;
    this.files = sources.files();
    this.processes = new QemuProcesses(files);
    this.mounts = CgroupMounts.read(files);
  }

  void register() {
    pressure();
    memoryEvents();
    clock();
    GaugeWithCallback.builder()
        .name("ballast_agent_nic_interrupts")
        .help("Interrupts of a network card, by the CPUs that serve them.")
        .labelNames("nic", "cpus")
        .callback(
            gauge ->
                NicInterrupts.read(files)
                    .forEach(
                        (nic, lists) ->
                            lists.forEach((cpus, count) -> gauge.call(count, nic, cpus))))
        .register(registry);
  }

  private void pressure() {
    CounterWithCallback.builder()
        .name("ballast_agent_pressure_seconds_total")
        .help("Time in which some, or all, of the host's tasks waited for a resource.")
        .labelNames("resource", "tasks")
        .callback(
            counter ->
                RESOURCES.forEach(
                    resource ->
                        Pressure.stalledMicros(files, "/proc/pressure/" + resource)
                            .forEach(
                                (tasks, micros) -> counter.call(micros / MICROS, resource, tasks))))
        .register(registry);
    CounterWithCallback.builder()
        .name("ballast_agent_vm_pressure_seconds_total")
        .help(
            "Time in which some, or all, of the VM's threads waited for a resource; absent on"
                + " cgroup version 1.")
        .labelNames("vm", "resource", "tasks")
        .callback(
            counter ->
                processes
                    .pids()
                    .forEach(
                        (vm, pid) ->
                            group(pid)
                                .forEach(
                                    group ->
                                        RESOURCES.forEach(
                                            resource ->
                                                Pressure.stalledMicros(
                                                        files, group + "/" + resource + ".pressure")
                                                    .forEach(
                                                        (tasks, micros) ->
                                                            counter.call(
                                                                micros / MICROS,
                                                                vm.value(),
                                                                resource,
                                                                tasks))))))
        .register(registry);
  }

  private void memoryEvents() {
    CounterWithCallback.builder()
        .name("ballast_agent_vm_memory_events_total")
        .help(
            "What its memory limits did to a VM: high (throttled), max (taken back at the hard"
                + " limit), oom, oom_kill.")
        .labelNames("vm", "event")
        .callback(
            counter ->
                processes
                    .pids()
                    .forEach(
                        (vm, pid) ->
                            group(pid)
                                .forEach(
                                    group ->
                                        Pressure.memoryEvents(files, group)
                                            .forEach(
                                                (event, count) ->
                                                    counter.call(count, vm.value(), event)))))
        .register(registry);
  }

  /** The domain's own group; none where it cannot be found. */
  private List<String> group(long pid) {
    List<String> groups = DomainGroups.of(files, mounts, pid, pid, "memory");
    return groups.isEmpty() ? List.of() : List.of(groups.getLast());
  }

  private void clock() {
    figure(
        "ballast_agent_clock_offset_seconds",
        "How far the host's clock is off, as chrony knows.",
        TimeSync.Figures::offsetSeconds);
    figure(
        "ballast_agent_clock_root_dispersion_seconds",
        "What may have added up between the host's clock and the source of all.",
        TimeSync.Figures::rootDispersionSeconds);
    figure(
        "ballast_agent_clock_bound_seconds",
        "How far off the host's clock is at most.",
        TimeSync.Figures::boundSeconds);
    GaugeWithCallback.builder()
        .name("ballast_agent_clock_leap")
        .help("1 for what chrony says of the next leap second.")
        .labelNames("status")
        .callback(
            gauge -> sources.clock().get().ifPresent(figures -> gauge.call(1, figures.leap())))
        .register(registry);
  }

  private void figure(String name, String help, ToDoubleFunction<TimeSync.Figures> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            gauge ->
                sources
                    .clock()
                    .get()
                    .ifPresent(figures -> gauge.call(value.applyAsDouble(figures))))
        .register(registry);
  }
}
