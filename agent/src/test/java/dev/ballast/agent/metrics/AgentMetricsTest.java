package dev.ballast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.metrics.Catalogue;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentMetricsTest {
  private static final VmName WEB = new VmName("web");

  @TempDir private Path root;
  private final AgentCounters counters = new AgentCounters();

  @BeforeEach
  void files() throws IOException {
    write("sys/kernel/mm/ksm/run", "1");
    write("sys/kernel/mm/ksm/pages_to_scan", "100");
    write("sys/kernel/mm/ksm/sleep_millisecs", "20");
    write("sys/kernel/mm/ksm/pages_shared", "7");
    write("sys/kernel/mm/ksm/pages_sharing", "21");
    write("sys/kernel/mm/ksm/general_profit", "-8192");
    write("proc/self/status", "Name:\tjava\nVmRSS:\t  2048 kB\n");
    write("proc/self/stat", "1 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 1");
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private static HostLoad load(long epochMillis, long busy, long used, long waited) {
    return new HostLoad(
        epochMillis,
        busy,
        4096,
        List.of(new CpuLoad(0, busy)),
        List.of(new VmLoad(WEB, used, waited, 2 * waited).withClockOffset(-1_500)),
        Optional.of(new KsmLoad(1, Optional.empty(), Optional.of(2_500L), Optional.empty())));
  }

  private PrometheusRegistry registry(HostObservation observation) {
    return AgentMetrics.registry(
        new AgentMetrics.Sources(
            counters,
            () -> observation,
            () -> new Outbox.Depth(2, 1),
            () -> true,
            () -> false,
            () -> 3,
            () -> 512,
            () -> 1_500,
            () -> Optional.of(new TimeSync.Figures(-0.002, 0.01, 0.004, "Normal")),
            new KernelFiles(root),
            "0.1.0"));
  }

  private static HostObservation observation() {
    ObservedDomain domain =
        new ObservedDomain(
            WEB,
            "u",
            DomainState.RUNNING,
            1,
            1,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new HostObservation(
        1,
        new TreeMap<>(Map.of(WEB, domain)),
        Optional.empty(),
        new TreeMap<>(),
        new TreeMap<>(),
        true,
        new TreeSet<>(),
        new HostFacts(
            ClockState.SYNCHRONISED,
            "",
            new TreeMap<>(Map.of(OtherOwner.KSMTUNED, "pid 1")),
            new TreeMap<>()),
        Optional.empty(),
        new TreeMap<>(
            Map.of(
                "hugepages-2MiB-node0",
                new HostSetting.Hugepages(2L << 20, 0, 12),
                HostSetting.ReservedCpus.KEY,
                new HostSetting.ReservedCpus(CpuSet.of(0, 1)))));
  }

  private void happen() {
    counters.load(load(1_000, 900, 900, 900));
    counters.load(load(3_000, 500, 250, 100));
    counters.alert(new CpuAlert(1, 1, CpuAlert.Kind.HOT_CPUS, CpuSet.of(0), 1, 1, List.of(WEB)));
    counters.result(
        new CommandResult(
            1,
            1,
            List.of(
                new Outcome.Applied("", 1),
                new Outcome.Refused(RefusalReason.STALE, "", List.of()))));
  }

  @Test
  void tellsWhatItIsGiven() throws IOException {
    happen();

    assertThat(Catalogue.text(registry(observation())))
        .contains("ballast_agent_cpu_busy_seconds_total{cpu=\"0\"} 1.0\n")
        .contains("ballast_agent_cpu_used_seconds_total 1.0\n")
        .contains("ballast_agent_cpu_capacity_cpus 1.5\n")
        .contains("ballast_agent_memory_available_bytes 4096.0\n")
        .contains("ballast_agent_samples_total 2.0\n")
        .contains("ballast_agent_vm_cpu_seconds_total{vm=\"web\"} 0.5\n")
        .contains("ballast_agent_vm_cpu_contention_seconds_total{vm=\"web\"} 0.2\n")
        .contains("ballast_agent_vm_cpu_throttled_seconds_total{vm=\"web\"} 0.4\n")
        .contains("ballast_agent_hugepages{node=\"0\",size_bytes=\"2097152\"} 12.0\n")
        .contains("ballast_agent_reserved_cpus 2.0\n")
        .contains("ballast_agent_ksm_profit_bytes -8192.0\n")
        .contains("ballast_agent_vms{state=\"running\"} 1.0\n")
        .contains("ballast_agent_alerts_total{kind=\"hot_cpus\"} 1.0\n")
        .contains("ballast_agent_alerts_total{kind=\"hot_host\"} 0.0\n")
        .contains("ballast_agent_action_outcomes_total{outcome=\"applied\"} 1.0\n")
        .contains("ballast_agent_action_outcomes_total{outcome=\"refused\"} 1.0\n")
        .contains("ballast_agent_running_commands 3.0\n")
        .contains("ballast_agent_journal_size_bytes 512.0\n")
        .contains("ballast_agent_outbox_items{kind=\"result\"} 2.0\n")
        .contains("ballast_agent_coordinator_connected 1.0\n")
        .contains("ballast_agent_libvirt_up 0.0\n")
        .contains("ballast_agent_frozen 1.0\n")
        .contains("ballast_agent_clock_synchronised 1.0\n")
        .contains("ballast_agent_other_owner{owner=\"ksmtuned\"} 1.0\n")
        .contains("ballast_agent_ksm_sharing_pages 21.0\n")
        .contains("ballast_agent_ksm_scanner_seconds_total 2.5\n")
        .contains("ballast_agent_vm_clock_offset_seconds{vm=\"web\"} -1.5\n")
        .contains("ballast_agent_build_info{version=\"0.1.0\"} 1\n")
        .contains("process_resident_memory_bytes 2097152.0\n")
        .contains("process_cpu_seconds_total 2.0\n");
  }

  @Test
  void everyMetricIsDocumentedAndEveryDocumentedOneExists() throws IOException {
    happen();
    kernelTells();

    String text = Catalogue.text(registry(observation()));

    Catalogue.assertDocumented("agent", Catalogue.table(text, ""));
  }

  @Test
  void aVmThatIsGoneIsForgottenAndALongGapIsCutShort() throws IOException {
    counters.load(load(1_000, 0, 0, 0));
    counters.load(load(10_000_000, 1_000, 1_000, 0));
    assertThat(counters.vmSeconds().get(WEB).used()).isEqualTo(60);

    counters.load(new HostLoad(10_001_000, 0, 0, List.of(), List.of()));

    assertThat(counters.vmSeconds()).isEmpty();
    assertThat(Catalogue.text(registry(observation()))).doesNotContain("vm=\"web\"");
  }

  @Test
  void aClockThatWasSetBackTakesNothingAway() {
    counters.load(load(5_000, 1_000, 1_000, 0));
    counters.load(load(1_000, 1_000, 1_000, 0));

    assertThat(counters.usedSeconds()).isZero();
  }

  @Test
  void whatIsNotThereIsLeftOut(@TempDir Path nothing) throws IOException {
    root = nothing;
    HostObservation bare =
        new HostObservation(
            0,
            new TreeMap<>(),
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>(),
            false,
            new TreeSet<>());

    assertThat(Catalogue.text(registry(bare)))
        .doesNotContain("ksm_run ")
        .doesNotContain("clock_synchronised ")
        .doesNotContain("process_resident_memory_bytes ")
        .contains("ballast_agent_frozen 0.0");
  }

  private void kernelTells() throws IOException {
    write("proc/pressure/memory", "some avg10=0.00 total=1500000\nfull avg10=0.00 total=500000");
    write("proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0");
    write("run/libvirt/qemu/web.pid", "40");
    write("proc/40/task/40/cgroup", "0::/machine-qemu-1.scope/libvirt/emulator");
    String group = "sys/fs/cgroup/machine-qemu-1.scope/";
    write("sys/fs/cgroup/cgroup.controllers", "cpu memory io");
    write(group + "io.pressure", "some avg10=0.00 total=250000");
    write(group + "memory.events", "low 0\nhigh 3\noom_kill 1");
    write("sys/class/net/eth0/device/msi_irqs/33", "msix");
    write("proc/irq/33/effective_affinity_list", "2-3");
  }

  @Test
  void tellsPressureMemoryEventsInterruptsAndTheClock() throws IOException {
    kernelTells();

    String text = Catalogue.text(registry(observation()));

    assertThat(text)
        .contains("ballast_agent_pressure_seconds_total{resource=\"memory\",tasks=\"some\"} 1.5")
        .contains(
            "ballast_agent_vm_pressure_seconds_total{resource=\"io\",tasks=\"some\",vm=\"web\"} 0.25")
        .contains("ballast_agent_vm_memory_events_total{event=\"high\",vm=\"web\"} 3.0")
        .contains("ballast_agent_nic_interrupts{cpus=\"2-3\",nic=\"eth0\"} 1.0")
        .contains("ballast_agent_clock_offset_seconds -0.002")
        .contains("ballast_agent_clock_leap{status=\"Normal\"} 1.0");
  }
}
