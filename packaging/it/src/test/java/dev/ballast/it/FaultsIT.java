package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.v1.Action;
import dev.ballast.v1.Command;
import dev.ballast.v1.Domain;
import dev.ballast.v1.Expectation;
import dev.ballast.v1.KsmRecord;
import dev.ballast.v1.KsmSettings;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.RefusalReason;
import dev.ballast.v1.SetKsm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What breaks around an agent while it works: the connection, libvirtd, the disk, the clock. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
  private static final String HOST = "h2";
  private static final String VM = "fault-1";
  private static final String DIGEST = "d".repeat(64);
  private static final int REPEATS = 25;
  private static final String BRIDGE = "brfault";

  private final Lab lab = Lab.up(2);
  private LoneAgent agent;
  private FakeCoordinator coordinator;

  @BeforeAll
  void start() throws IOException {
    lab.clear(HOST);
    agent = LoneAgent.startWithClock(lab, HOST);
    coordinator = agent.coordinator();
    coordinator.awaitHello(1);
    applied(Requests.define(VM, agent.domainXml(VM, DIGEST), DIGEST));
    await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.domain(VM).isPresent());
    applied(expectNow(Requests.start(VM)));
  }

  @BeforeEach
  void settle() {
    writePages(100);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> coordinator.observation().getKsm().getPagesToScan() == 100);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> coordinator.domain(VM).filter(Domain::hasLivePins).isPresent());
  }

  @AfterAll
  void stop() throws IOException {
    writePages(100);
    agent.close();
    lab.clear(HOST);
  }

  @Test
  void anOutcomeArrivesOverTheNextConnectionWhenOneIsCut() throws IOException {
    int connections = coordinator.connections();
    Command command =
        coordinator.command(false, ksm(100, 432)).toBuilder().setConfirmWithinMillis(3_000).build();

    coordinator.post(command);
    await().atMost(Duration.ofSeconds(20)).until(() -> pages() == 432);
    coordinator.cutConnection();
    coordinator.awaitHello(connections + 1);

    Outcome outcome = only(coordinator.awaitOutcome(command.getId()));
    assertThat(outcome.hasUndone()).as("%s", outcome).isTrue();
    assertThat(pages()).isEqualTo(100);
    assertThat(begun(command)).isEqualTo(1);
  }

  @Test
  void aCommandThatArrivesManyTimesAtOnceRunsOnce() throws IOException {
    Command command = coordinator.command(false, expectNow(pinned("1")));

    for (int i = 0; i < REPEATS; i++) {
      coordinator.post(command);
    }

    Outcome outcome = only(coordinator.awaitOutcome(command.getId()));
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    assertThat(begun(command)).isEqualTo(1);
    applied(expectPinned("1", pinned("0-1")));
  }

  @Test
  void aFrozenLibvirtHoldsUpItsOwnCommandOnly() throws IOException {
    Command pin = coordinator.command(false, expectNow(pinned("0")));
    String libvirtd = libvirtd();
    signal("STOP", libvirtd);
    try {
      coordinator.post(pin);
      int samples = coordinator.samples();
      Outcome other = only(coordinator.execute(coordinator.command(false, ksm(100, 321))));
      assertThat(other.hasApplied()).as("%s", other).isTrue();
      await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.samples() >= samples + 3);
    } finally {
      signal("CONT", libvirtd);
    }

    Outcome outcome = only(coordinator.awaitOutcome(pin.getId()));
    // Either truth is right, as long as the host agrees.
    assertThat(lab.vcpuAllowed(HOST, VM)).isEqualTo(outcome.hasApplied() ? "0" : "0-1");
    if (outcome.hasApplied()) {
      applied(expectPinned("0", pinned("0-1")));
    }
  }

  @Test
  void aLibvirtThatDiesUnderACommandLeavesOneTruth() throws IOException {
    Command pin = coordinator.command(false, expectNow(pinned("1")));
    String libvirtd = libvirtd();
    signal("STOP", libvirtd);
    try {
      coordinator.post(pin);
      applied(ksm(100, 321));
    } finally {
      signal("KILL", libvirtd);
      lab.startLibvirtd(HOST);
    }

    Outcome outcome = only(coordinator.awaitOutcome(pin.getId()));
    assertThat(lab.virsh(HOST, "domstate", VM)).contains("running");
    assertThat(lab.vcpuAllowed(HOST, VM)).isEqualTo(outcome.hasApplied() ? "1" : "0-1");
    assertThat(begun(pin)).isLessThanOrEqualTo(1);
    if (outcome.hasApplied()) {
      applied(expectPinned("1", pinned("0-1")));
    }
  }

  @Test
  void anOpenVswitchThatDiesUnderAChangeLeavesOneTruth() throws IOException {
    Command make = coordinator.command(false, Requests.bridge(BRIDGE, true));
    String vswitchd = lab.exec(HOST, "cat", "/run/openvswitch/ovs-vswitchd.pid").orFail().strip();
    signal("STOP", vswitchd);
    coordinator.post(make);
    await().atMost(Duration.ofSeconds(30)).until(() -> begun(make) == 1);
    signal("KILL", vswitchd);
    lab.exec(
            HOST,
            "ovs-vswitchd",
            "unix:/run/openvswitch/db.sock",
            "--pidfile",
            "--detach",
            "--no-chdir",
            "--log-file",
            "-vconsole:off")
        .orFail();

    Outcome outcome = only(coordinator.awaitOutcome(make.getId()));
    assertThat(begun(make)).isEqualTo(1);
    assertThat(lab.exec(HOST, "ovs-vsctl", "--timeout=20", "br-exists", BRIDGE).exit())
        .as("%s", outcome)
        .isEqualTo(outcome.hasApplied() ? 0 : 2);
    if (outcome.hasApplied()) {
      applied(Requests.bridge(BRIDGE, false));
    }
  }

  @Test
  void onAReadOnlyDiskNothingIsBegunAndTelemetryGoesOn() throws IOException {
    int connections = coordinator.connections();
    agent.kill();
    agent.remount("ro");
    try {
      agent.restart();
      coordinator.awaitHello(connections + 1);
      int samples = coordinator.samples();
      Outcome outcome = only(coordinator.execute(coordinator.command(false, ksm(100, 321))));
      assertThat(outcome.getRefused().getReason())
          .as("%s", outcome)
          .isEqualTo(RefusalReason.REFUSAL_REASON_NO_JOURNAL);
      assertThat(pages()).isEqualTo(100);
      await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.samples() >= samples + 2);
    } finally {
      agent.kill();
      agent.remount("rw");
      agent.restart();
    }
    coordinator.awaitHello(connections + 2);
    applied(ksm(100, 321));
  }

  @Test
  void aWallClockThatJumpsAnHourEitherWayChangesNothing() throws IOException {
    for (long offset : List.of(3_600L, -3_600L, 0L)) {
      int connections = coordinator.connections();
      int samples = coordinator.samples();
      agent.setClockOffset(offset);
      await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.samples() >= samples + 4);

      assertThat(coordinator.connections()).as("%d s", offset).isEqualTo(connections);
      applied(ksm(coordinator.observation().getKsm().getPagesToScan(), 300 + offset % 7));
      writePages(100);
      settle();
      coordinator.cutConnection();
      coordinator.awaitHello(connections + 1);
    }
  }

  private void applied(PlannedAction action) throws IOException {
    Outcome outcome = only(coordinator.execute(coordinator.command(false, action)));
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
  }

  /** How many times the agent's journal says that the command's only action began. */
  private long begun(Command command) {
    return journal(command).lines().filter(line -> line.contains("action 1 begins")).count();
  }

  private String journal(Command command) {
    return agent.ballastAgent("journal", "--command", Long.toString(command.getId())).orFail();
  }

  private String libvirtd() {
    return lab.exec(HOST, "cat", "/run/libvirtd.pid").orFail().strip();
  }

  private void signal(String name, String pid) {
    lab.exec(HOST, "kill", "-" + name, pid).orFail();
  }

  /** The action, once the agent has reported the pins that came before it. */
  private PlannedAction expectPinned(String vcpu, Action action) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                coordinator
                    .domain(VM)
                    .filter(domain -> domain.getLivePins().getVcpusList().equals(List.of(vcpu)))
                    .isPresent());
    return expectNow(action);
  }

  private static Action pinned(String cpus) {
    return Requests.pin(VM, cpus, "0-1");
  }

  private PlannedAction expectNow(Action action) {
    return Requests.expecting(coordinator.domain(VM).orElseThrow(), action);
  }

  private PlannedAction ksm(long expectedPages, long pages) {
    KsmSettings now = coordinator.observation().getKsm();
    return Requests.planned(
        Action.newBuilder()
            .setSetKsm(SetKsm.newBuilder().setSettings(now.toBuilder().setPagesToScan(pages)))
            .build(),
        Expectation.newBuilder()
            .setKsm(
                KsmRecord.newBuilder().setSettings(now.toBuilder().setPagesToScan(expectedPages)))
            .build());
  }

  private static Outcome only(List<Outcome> outcomes) {
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  private void writePages(int value) {
    lab.exec(HOST, "sh", "-c", "echo " + value + " >/sys/kernel/mm/ksm/pages_to_scan").orFail();
  }

  private int pages() {
    return Integer.parseInt(
        lab.exec(HOST, "cat", "/sys/kernel/mm/ksm/pages_to_scan").orFail().strip());
  }
}
