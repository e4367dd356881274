package dev.ballast.agent.metrics;

import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmLoad;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The agent's metrics. Nothing is computed before Prometheus asks; labels are CPUs and VMs of this
 * host, and words of fixed sets.
 */
public final class AgentMetrics {
  /** Where the figures come from. */
  public record Sources(
      AgentCounters counters,
      Supplier<HostObservation> observation,
      Supplier<Outbox.Depth> outbox,
      BooleanSupplier streamConnected,
      BooleanSupplier libvirtUp,
      IntSupplier runningCommands,
      LongSupplier journalBytes,
      LongSupplier capacityMillis,
      Supplier<Optional<TimeSync.Figures>> clock,
      KernelFiles files,
      String version) {}

  private static final double MILLIS = 1_000;

  private final Sources sources;
  private final PrometheusRegistry registry = new PrometheusRegistry();

  private AgentMetrics(Sources sources) {
    this.sources = sources;
  }

  /** A registry with all metrics of the agent. */
  public static PrometheusRegistry registry(Sources sources) {
    AgentMetrics metrics = new AgentMetrics(sources);
    metrics.host();
    metrics.settings();
    metrics.vms();
    metrics.commands();
    metrics.connections();
    new KernelMetrics(sources, metrics.registry).register();
    metrics.process();
    return metrics.registry;
  }

  private void host() {
    AgentCounters counters = sources.counters();
    counter(
        "ballast_agent_cpu_busy_seconds_total",
        "Time that the CPU was busy, as sampled.",
        c -> counters.cpuSeconds().forEach((cpu, s) -> c.call(s, Integer.toString(cpu))),
        "cpu");
    counter(
        "ballast_agent_cpu_used_seconds_total",
        "CPU time used within the host's capacity.",
        c -> c.call(counters.usedSeconds()));
    gauge(
        "ballast_agent_cpu_capacity_cpus",
        "CPUs that guests may use.",
        g -> g.call(sources.capacityMillis().getAsLong() / MILLIS));
    gauge(
        "ballast_agent_memory_available_bytes",
        "Memory that the host could still hand out.",
        g -> g.call((double) counters.last().memoryAvailableBytes()));
    counter(
        "ballast_agent_samples_total",
        "Telemetry samples taken.",
        c -> c.call((double) counters.samples()));
    KsmFiles ksm = new KsmFiles(sources.files());
    gauge(
        "ballast_agent_ksm_run",
        "Kernel same-page merging: 0 off, 1 on, 2 unmerged; absent without KSM.",
        g -> ksm.read().ifPresent(state -> g.call(state.settings().run())));
    gauge(
        "ballast_agent_ksm_shared_pages",
        "Merged pages in use.",
        g -> ksm.read().ifPresent(state -> g.call((double) state.pagesShared())));
    gauge(
        "ballast_agent_ksm_sharing_pages",
        "Places that refer to merged pages beyond the first: what is saved.",
        g -> ksm.read().ifPresent(state -> g.call((double) state.pagesSharing())));
  }

  private void settings() {
    gauge(
        "ballast_agent_hugepages",
        "Hugepages that the kernel keeps, used or free.",
        g ->
            sources.observation().get().settings().values().stream()
                .filter(HostSetting.Hugepages.class::isInstance)
                .map(HostSetting.Hugepages.class::cast)
                .forEach(
                    pages ->
                        g.call(
                            (double) pages.count(),
                            Long.toString(pages.pageSizeBytes()),
                            Integer.toString(pages.node()))),
        "size_bytes",
        "node");
    gauge(
        "ballast_agent_reserved_cpus",
        "CPUs that no guest runs on; absent where none can be reserved.",
        g -> {
          if (sources.observation().get().settings().get(HostSetting.ReservedCpus.KEY)
              instanceof HostSetting.ReservedCpus reserved) {
            g.call(reserved.cpus().size());
          }
        });
    counter(
        "ballast_agent_ksm_scanner_seconds_total",
        "CPU time of the kernel's scanner of equal pages; absent where the agent cannot see it.",
        c ->
            sources
                .counters()
                .last()
                .ksm()
                .flatMap(KsmLoad::scannerMillis)
                .ifPresent(millis -> c.call(millis / MILLIS)));
    KsmFiles ksm = new KsmFiles(sources.files());
    gauge(
        "ballast_agent_ksm_profit_bytes",
        "What merging saves without what the kernel's records of it take; absent where it does not"
            + " tell.",
        g ->
            ksm.read()
                .filter(state -> state.profitBytes().isPresent())
                .ifPresent(state -> g.call((double) state.profitBytes().getAsLong())));
  }

  private void vms() {
    AgentCounters counters = sources.counters();
    counter(
        "ballast_agent_vm_cpu_seconds_total",
        "CPU time that the VM's threads got.",
        c -> counters.vmSeconds().forEach((vm, s) -> c.call(s.used(), vm.value())),
        "vm");
    counter(
        "ballast_agent_vm_cpu_contention_seconds_total",
        "Time that runnable vCPUs waited for a CPU, without what their own quota held them back.",
        c -> counters.vmSeconds().forEach((vm, s) -> c.call(s.waited(), vm.value())),
        "vm");
    counter(
        "ballast_agent_vm_cpu_throttled_seconds_total",
        "Time that the VM's own quotas held its runnable threads back.",
        c -> counters.vmSeconds().forEach((vm, s) -> c.call(s.throttled(), vm.value())),
        "vm");
    gauge(
        "ballast_agent_vm_clock_offset_seconds",
        "By how much the guest's clock is ahead of the host's; absent where no guest agent answers.",
        g ->
            counters
                .last()
                .vms()
                .forEach(
                    load ->
                        load.clockOffsetMillis()
                            .ifPresent(offset -> g.call(offset / MILLIS, load.vm().value()))),
        "vm");
    gauge(
        "ballast_agent_vms",
        "Domains by libvirt's state.",
        g -> vmsByState().forEach((state, count) -> g.call(count, word(state))),
        "state");
    counter(
        "ballast_agent_alerts_total",
        "Alerts raised: sets of CPUs, or the whole host, that VMs want more of than there is.",
        c -> {
          for (CpuAlert.Kind kind : CpuAlert.Kind.values()) {
            c.call((double) counters.alerts(kind), word(kind));
          }
        },
        "kind");
  }

  private void commands() {
    AgentCounters counters = sources.counters();
    counter(
        "ballast_agent_action_outcomes_total",
        "Actions of commands by outcome, dry runs included.",
        c -> counters.outcomes().forEach((outcome, count) -> c.call(count, outcome)),
        "outcome");
    gauge(
        "ballast_agent_running_commands",
        "Commands whose result is not yet recorded.",
        g -> g.call(sources.runningCommands().getAsInt()));
    gauge(
        "ballast_agent_journal_size_bytes",
        "Size of the journal of commands.",
        g -> g.call((double) sources.journalBytes().getAsLong()));
    gauge(
        "ballast_agent_outbox_items",
        "What waits to be sent; results wait until the coordinator has stored them.",
        g -> {
          Outbox.Depth depth = sources.outbox().get();
          g.call(depth.results(), "result");
          g.call(depth.alerts(), "alert");
        },
        "kind");
  }

  private void connections() {
    gauge(
        "ballast_agent_coordinator_connected",
        "Whether the stream to the coordinator is up.",
        g -> g.call(oneIf(sources.streamConnected().getAsBoolean())));
    gauge(
        "ballast_agent_libvirt_up",
        "Whether libvirt can be used.",
        g -> g.call(oneIf(sources.libvirtUp().getAsBoolean())));
    gauge(
        "ballast_agent_frozen",
        "Whether the agent's own freeze holds for the whole host.",
        g -> g.call(oneIf(sources.observation().get().frozen())));
    gauge(
        "ballast_agent_clock_synchronised",
        "Whether the host's clock follows a time source; absent when nobody can tell.",
        g -> {
          ClockState clock = sources.observation().get().facts().clock();
          if (clock != ClockState.UNKNOWN) {
            g.call(oneIf(clock == ClockState.SYNCHRONISED));
          }
        });
    gauge(
        "ballast_agent_other_owner",
        "1 for each other program that manages the host.",
        g -> sources.observation().get().facts().owners().keySet().forEach(o -> g.call(1, word(o))),
        "owner");
  }

  private void process() {
    Info build =
        Info.builder()
            .name("ballast_agent_build_info")
            .help("The agent's version.")
            .labelNames("version")
            .register(registry);
    build.addLabelValues(sources.version());
    OwnProcess own = new OwnProcess(sources.files());
    gauge(
        "process_resident_memory_bytes",
        "Resident memory of the agent.",
        g -> own.residentBytes().ifPresent(g::call));
    counter(
        "process_cpu_seconds_total",
        "CPU time of the agent.",
        c -> own.cpuSeconds().ifPresent(c::call));
    gauge("process_open_fds", "Open files of the agent.", g -> g.call(own.openFiles()));
    gauge(
        "jvm_memory_used_bytes",
        "Memory in use within the JVM's heap.",
        g -> {
          Runtime runtime = Runtime.getRuntime();
          g.call((double) (runtime.totalMemory() - runtime.freeMemory()), "heap");
        },
        "area");
  }

  private Map<DomainState, Integer> vmsByState() {
    Map<DomainState, Integer> counts = new EnumMap<>(DomainState.class);
    sources
        .observation()
        .get()
        .domains()
        .values()
        .forEach(domain -> counts.merge(domain.state(), 1, Integer::sum));
    return counts;
  }

  private static double oneIf(boolean value) {
    return value ? 1 : 0;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void gauge(
      String name, String help, Consumer<GaugeWithCallback.Callback> callback, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback)
        .register(registry);
  }

  private void counter(
      String name, String help, Consumer<CounterWithCallback.Callback> callback, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback)
        .register(registry);
  }
}
