package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.v1.Action;
import dev.ballast.v1.Capability;
import dev.ballast.v1.Command;
import dev.ballast.v1.CpuPins;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainRecord;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Expectation;
import dev.ballast.v1.Hello;
import dev.ballast.v1.MigrateDomain;
import dev.ballast.v1.MigrationLimits;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PlannedAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One guest, one agent on its host, one more host: what libvirt and QEMU really do when a migration
 * is given up, aborted, cut off on either side, and when it succeeds. The guest boots once; that it
 * is the same one in the end is said by its own boot id.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigrationAgentIT {
  private static final String SOURCE = "h1";
  private static final String TARGET = "h2";
  private static final String VM = "mover";
  private static final long MIB = 1 << 20;

  private final Lab lab = Lab.up(2);
  private LoneAgent agent;
  private FakeCoordinator coordinator;
  private String bootId;

  @BeforeAll
  void start() throws IOException {
    lab.clear(SOURCE);
    lab.clear(TARGET);
    agent = LoneAgent.start(lab, SOURCE);
    Path xml = Files.createTempFile("ballast-migration", ".xml");
    Files.writeString(xml, agent.domainXml(VM, "d".repeat(64)));
    lab.virsh(SOURCE, "define", xml.toString());
    Files.delete(xml);
    lab.virsh(SOURCE, "vcpupin", VM, "0", "0", "--config");
    lab.virsh(SOURCE, "start", VM);
    coordinator = agent.coordinator();
    coordinator.awaitHello(1);
    lab.awaitGuest(SOURCE, VM);
    bootId = guestSays(SOURCE, "cat /proc/sys/kernel/random/boot_id");
    awaitRunningHere();
  }

  @AfterAll
  void stop() throws IOException {
    agent.close();
    lab.clear(SOURCE);
    lab.clear(TARGET);
  }

  @Test
  @Order(1)
  void tellsWhereItsLibvirtIsReached() {
    Hello hello = coordinator.awaitHello(1);

    assertThat(hello.getInventory().getMigrationUri()).isEqualTo("qemu+tls://h1/system");
    assertThat(hello.getInventory().getLacksList())
        .noneMatch(lack -> lack.getCapability() == Capability.CAPABILITY_MIGRATION);
  }

  @Test
  @Order(2)
  void givesUpWhatDoesNotEndInTime() throws IOException {
    Outcome outcome = coordinator.execute(migration(MIB, 3_000)).getFirst();

    assertThat(outcome.getFailed().getError()).contains("not done within 3 s", "MiB were left");
    unharmedAtTheSource();
  }

  @Test
  @Order(3)
  void abortsOnRequest() throws IOException {
    Command command = migration(MIB, 600_000);
    coordinator.post(command);
    assertThat(coordinator.awaitProgress(command.getId()).getRemainingBytes()).isPositive();

    coordinator.abort(command.getId());

    assertThat(coordinator.awaitOutcome(command.getId()).getFirst().getFailed().getError())
        .contains("aborted on request");
    unharmedAtTheSource();
  }

  @Test
  @Order(4)
  void survivesTheDeathOfTheTargetsQemu() throws IOException {
    Command command = migration(MIB, 600_000);
    coordinator.post(command);
    coordinator.awaitProgress(command.getId());

    kill(TARGET, "/run/libvirt/qemu/" + VM + ".pid");

    Outcome outcome = coordinator.awaitOutcome(command.getId()).getFirst();
    assertThat(outcome.hasFailed()).as("%s", outcome).isTrue();
    unharmedAtTheSource();
  }

  @Test
  @Order(5)
  void survivesTheDeathOfTheTargetsLibvirt() throws IOException {
    Command command = migration(MIB, 600_000);
    coordinator.post(command);
    coordinator.awaitProgress(command.getId());

    kill(TARGET, "/run/libvirtd.pid");

    Outcome outcome = coordinator.awaitOutcome(command.getId()).getFirst();
    assertThat(outcome.hasFailed()).as("%s", outcome).isTrue();
    lab.startLibvirtd(TARGET);
    unharmedAtTheSource();
  }

  @Test
  @Order(6)
  void survivesTheDeathOfItsOwnLibvirt() throws IOException {
    Command command = migration(MIB, 600_000);
    coordinator.post(command);
    coordinator.awaitProgress(command.getId());

    kill(SOURCE, "/run/libvirtd.pid");
    lab.startLibvirtd(SOURCE);

    Outcome outcome = coordinator.awaitOutcome(command.getId()).getFirst();
    assertThat(outcome.hasFailed()).as("%s", outcome).isTrue();
    unharmedAtTheSource();
    awaitRunningHere();
  }

  @Test
  @Order(7)
  void movesTheGuestOntoTheTargetsPins() throws IOException {
    double uptime = uptime(SOURCE);
    String xml = lab.virsh(SOURCE, "dumpxml", "--inactive", VM);

    Outcome outcome = coordinator.execute(migration(0, 60_000)).getFirst();

    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    assertThat(names(SOURCE, "--all")).doesNotContain(VM);
    assertThat(names(TARGET, "--persistent")).contains(VM);
    assertThat(lab.vcpuAllowed(TARGET, VM)).isEqualTo("1");
    assertThat(lab.virsh(TARGET, "dumpxml", "--inactive", VM))
        .as("the same definition with other pins")
        .isEqualTo(
            xml.replace(
                "<vcpupin vcpu='0' cpuset='0'/>",
                "<vcpupin vcpu='0' cpuset='1'/>\n    <emulatorpin cpuset='0'/>"));
    sameGuestOn(TARGET, uptime);
    await().atMost(Duration.ofSeconds(20)).until(() -> coordinator.domain(VM).isEmpty());
    bringBack();
  }

  @Test
  @Order(8)
  void isFoundAfterTheDeathOfTheAgentInOnePlaceOnly() throws IOException {
    double uptime = uptime(SOURCE);
    Command command = migration(8 * MIB, 600_000);
    coordinator.post(command);
    coordinator.awaitProgress(command.getId());

    agent.kill();
    agent.restart();

    Outcome outcome = coordinator.awaitOutcome(command.getId()).getFirst();
    assertThat(outcome.getUnknown().getDetail()).contains("left this host; look at h2");
    assertThat(names(SOURCE, "--all")).doesNotContain(VM);
    assertThat(names(TARGET, "--state-running")).contains(VM);
    sameGuestOn(TARGET, uptime);
  }

  private void unharmedAtTheSource() {
    assertThat(lab.virsh(SOURCE, "domstate", "--reason", VM)).contains("running");
    await().atMost(Duration.ofSeconds(20)).until(() -> !names(TARGET, "--all").contains(VM));
    assertThat(guestSays(SOURCE, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(bootId);
    assertThat(lab.vcpuAllowed(SOURCE, VM)).isEqualTo("0");
  }

  private void sameGuestOn(String host, double uptimeBefore) {
    lab.awaitGuest(host, VM);
    assertThat(guestSays(host, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(bootId);
    assertThat(uptime(host)).isGreaterThan(uptimeBefore);
  }

  private void bringBack() {
    lab.virsh(TARGET, "vcpupin", VM, "0", "0", "--live", "--config");
    lab.virsh(
        TARGET,
        "migrate",
        "--live",
        "--p2p",
        "--tls",
        "--persistent",
        "--undefinesource",
        VM,
        "qemu+tls://h1/system");
    awaitRunningHere();
  }

  private void awaitRunningHere() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                coordinator
                    .domain(VM)
                    .filter(domain -> domain.getState() == DomainState.DOMAIN_STATE_RUNNING)
                    .filter(Domain::hasLivePins)
                    .isPresent());
  }

  private Command migration(long bandwidth, long timeoutMillis) {
    Domain seen = coordinator.domain(VM).orElseThrow();
    MigrateDomain.Builder migrate =
        MigrateDomain.newBuilder()
            .setVm(VM)
            .setTargetHost(TARGET)
            .setTargetUri("qemu+tls://h2/system")
            .setTargetPins(CpuPins.newBuilder().addVcpus("1").setEmulator("0"))
            .setLimits(
                MigrationLimits.newBuilder()
                    .setBandwidthBytesPerSecond(bandwidth)
                    .setDowntimeMillis(300)
                    .setAutoConverge(true)
                    .setTimeoutMillis(timeoutMillis));
    return coordinator.command(
        false,
        PlannedAction.newBuilder()
            .setAction(Action.newBuilder().setMigrateDomain(migrate))
            .setExpectation(
                Expectation.newBuilder()
                    .setDomain(
                        DomainRecord.newBuilder()
                            .setUuid(seen.getUuid())
                            .setState(seen.getState())
                            .setConfigDigest(seen.getConfigDigest())
                            .setConfigPins(seen.getConfigPins())
                            .setLivePins(seen.getLivePins())))
            .build());
  }

  private List<String> names(String host, String which) {
    return lab.virsh(host, "list", "--name", which).lines().map(String::strip).toList();
  }

  private String guestSays(String host, String command) {
    return lab.script(60, "run", host, VM, command).orFail().strip();
  }

  private double uptime(String host) {
    return Double.parseDouble(guestSays(host, "cut -d' ' -f1 /proc/uptime"));
  }

  private void kill(String host, String pidFile) {
    lab.exec(host, "sh", "-c", "kill -9 $(cat " + pidFile + ")").orFail();
  }
}
