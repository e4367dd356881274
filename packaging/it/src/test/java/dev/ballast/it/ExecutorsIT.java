package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.v1.Action;
import dev.ballast.v1.AfterEarlierSteps;
import dev.ballast.v1.DefineDomain;
import dev.ballast.v1.DestroyDomain;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Expectation;
import dev.ballast.v1.KsmRecord;
import dev.ballast.v1.KsmSettings;
import dev.ballast.v1.NoDomain;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.SetKsm;
import dev.ballast.v1.ShutdownDomain;
import dev.ballast.v1.UndefineDomain;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Each executor on real libvirt, QEMU and KSM: apply, observe with the system's own tools, undo (by
 * letting a later action of the same command fail), observe again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecutorsIT {
  private static final String HOST = "h1";
  private static final String VM = "exec-1";
  private static final String DIGEST = "d".repeat(64);

  private final Lab lab = Lab.up(2);
  private LoneAgent agent;
  private FakeCoordinator coordinator;

  @BeforeAll
  void start() throws IOException {
    lab.clear(HOST);
    agent = LoneAgent.start(lab, HOST);
    coordinator = agent.coordinator();
    coordinator.awaitHello(1);
  }

  @AfterEach
  void forgetDomains() {
    lab.clear(HOST);
    await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.domain(VM).isEmpty());
  }

  @AfterAll
  void stop() throws IOException {
    agent.close();
  }

  @Test
  void definesAndUndoesADefinition() throws IOException {
    Outcome outcome = only(coordinator.execute(coordinator.command(false, define())));

    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    assertThat(lab.virsh(HOST, "dumpxml", VM)).contains(DIGEST);
  }

  @Test
  void undoesADefinitionWhoseLaterActionFails() throws IOException {
    List<Outcome> outcomes =
        coordinator.execute(coordinator.command(false, define(), impossible()));

    assertThat(outcomes.get(0).hasUndone()).as("%s", outcomes).isTrue();
    assertThat(outcomes.get(1).hasFailed()).as("%s", outcomes).isTrue();
    assertThat(lab.virsh(HOST, "list", "--all", "--name")).doesNotContain(VM);
  }

  @Test
  void doesNothingWhenALaterExpectationDoesNotHold() throws IOException {
    List<Outcome> outcomes =
        coordinator.execute(coordinator.command(false, define(), pinOfNobody()));

    assertThat(outcomes.get(0).hasSkipped()).as("%s", outcomes).isTrue();
    assertThat(outcomes.get(1).hasRefused()).as("%s", outcomes).isTrue();
    assertThat(lab.virsh(HOST, "list", "--all", "--name")).doesNotContain(VM);
  }

  @Test
  void pinsLiveAndPersistentAndUndoesBoth() throws IOException {
    defineAndStart();
    assertThat(allowedCpus()).containsOnly("0-1");

    Outcome outcome = only(coordinator.execute(coordinator.command(false, pin("1", "0"))));

    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    assertThat(lab.vcpuAllowed(HOST, VM)).isEqualTo("1");
    assertThat(lab.virsh(HOST, "dumpxml", "--inactive", VM))
        .contains("<vcpupin vcpu='0' cpuset='1'/>")
        .contains("<emulatorpin cpuset='0'/>");
    awaitObserved("1");

    List<Outcome> outcomes =
        coordinator.execute(coordinator.command(false, pin("0", "0"), impossible()));
    assertThat(outcomes.get(0).hasUndone()).as("%s", outcomes).isTrue();
    assertThat(outcomes.get(1).hasFailed()).as("%s", outcomes).isTrue();
    assertThat(lab.vcpuAllowed(HOST, VM)).isEqualTo("1");
    assertThat(lab.virsh(HOST, "dumpxml", "--inactive", VM))
        .contains("<vcpupin vcpu='0' cpuset='1'/>");
  }

  @Test
  void refusesAPinWhoseDomainChangedAndNamesTheField() throws IOException {
    defineAndStart();
    PlannedAction planned = pin("1", "1");
    lab.virsh(HOST, "vcpupin", VM, "0", "0", "--live", "--config");

    Outcome outcome = only(coordinator.execute(coordinator.command(false, planned)));

    assertThat(outcome.hasRefused()).as("%s", outcome).isTrue();
    assertThat(outcome.getRefused().getDifferencesList())
        .anyMatch(difference -> difference.getField().toLowerCase(Locale.ROOT).contains("pins"));
    assertThat(lab.vcpuAllowed(HOST, VM)).isEqualTo("0");
  }

  @Test
  void findsAPinThatIsInPlaceUnchanged() throws IOException {
    defineAndStart();
    coordinator.execute(coordinator.command(false, pin("1", "1")));
    awaitObserved("1");

    Outcome outcome = only(coordinator.execute(coordinator.command(false, pin("1", "1"))));

    assertThat(outcome.hasUnchanged()).as("%s", outcome).isTrue();
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    defineAndStart();

    Outcome outcome = only(coordinator.execute(coordinator.command(true, pin("1", "1"))));

    assertThat(outcome.hasWouldApply()).as("%s", outcome).isTrue();
    assertThat(allowedCpus()).containsOnly("0-1");
  }

  @Test
  void switchesKsmAndUndoes() throws IOException {
    KsmSettings before = coordinator.observation().getKsm();
    KsmSettings on =
        before.toBuilder().setRun(1).setPagesToScan(before.getPagesToScan() + 7).build();
    KsmSettings off = before.toBuilder().setRun(0).build();
    try {
      assertThat(settled(coordinator.execute(coordinator.command(false, ksm(before, on)))))
          .isTrue();
      assertThat(ksmFile("run")).isEqualTo("1");
      assertThat(ksmFile("pages_to_scan")).isEqualTo(Long.toString(on.getPagesToScan()));

      List<Outcome> outcomes =
          coordinator.execute(coordinator.command(false, ksm(on, off), impossible()));
      assertThat(outcomes.get(0).hasUndone()).as("%s", outcomes).isTrue();
      assertThat(ksmFile("run")).isEqualTo("1");
    } finally {
      lab.exec(HOST, "sh", "-c", "echo " + before.getRun() + " >/sys/kernel/mm/ksm/run");
      lab.exec(
          HOST,
          "sh",
          "-c",
          "echo " + before.getPagesToScan() + " >/sys/kernel/mm/ksm/pages_to_scan");
    }
  }

  @Test
  void whatARebootLostIsSetAgainAtTheNextStart() throws IOException {
    KsmSettings before = coordinator.observation().getKsm();
    KsmSettings on = before.toBuilder().setRun(1).build();
    int connections = coordinator.connections();
    try {
      assertThat(settled(coordinator.execute(coordinator.command(false, ksm(before, on)))))
          .isTrue();
      agent.kill();
      lab.exec(HOST, "sh", "-c", "echo 0 >/sys/kernel/mm/ksm/run").orFail();
      agent.pretendReboot();
      assertThat(agent.ballastAgent("restore").orFail()).contains("1 restored");
      assertThat(ksmFile("run")).isEqualTo("1");
      assertThat(agent.ballastAgent("restore").orFail()).contains("nothing to restore");
    } finally {
      agent.restart();
      coordinator.awaitHello(connections + 1);
      lab.exec(HOST, "sh", "-c", "echo " + before.getRun() + " >/sys/kernel/mm/ksm/run");
    }
  }

  @Test
  void startsShutsDownAndDestroys() throws IOException {
    defineAndStart();
    lab.awaitGuest(HOST, VM);
    assertThat(lab.virsh(HOST, "domstate", VM)).contains("running");

    Action shutdown =
        Action.newBuilder()
            .setShutdownDomain(ShutdownDomain.newBuilder().setVm(VM).setTimeoutMillis(50_000))
            .build();
    Outcome stopped = only(coordinator.execute(coordinator.command(false, expectNow(shutdown))));
    assertThat(stopped.hasApplied()).as("%s", stopped).isTrue();
    assertThat(lab.virsh(HOST, "domstate", VM)).contains("shut off");
    awaitState(DomainState.DOMAIN_STATE_SHUT_OFF);

    assertThat(
            settled(coordinator.execute(coordinator.command(false, expectNow(Requests.start(VM))))))
        .isTrue();
    awaitState(DomainState.DOMAIN_STATE_RUNNING);
    Action destroy =
        Action.newBuilder().setDestroyDomain(DestroyDomain.newBuilder().setVm(VM)).build();
    Outcome destroyed = only(coordinator.execute(coordinator.command(false, expectNow(destroy))));
    assertThat(destroyed.hasApplied()).as("%s", destroyed).isTrue();
    assertThat(lab.virsh(HOST, "domstate", VM)).contains("shut off");
  }

  @Test
  void undefinesAndUndoesByDefiningAgain() throws IOException {
    assertThat(settled(coordinator.execute(coordinator.command(false, define())))).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> coordinator.domain(VM).isPresent());
    String xml = lab.virsh(HOST, "dumpxml", "--inactive", VM);
    Action undefine =
        Action.newBuilder().setUndefineDomain(UndefineDomain.newBuilder().setVm(VM)).build();

    List<Outcome> outcomes =
        coordinator.execute(coordinator.command(false, expectNow(undefine), impossible()));
    assertThat(outcomes.get(0).hasUndone()).as("%s", outcomes).isTrue();
    assertThat(lab.virsh(HOST, "dumpxml", "--inactive", VM)).isEqualTo(xml);

    Outcome outcome = only(coordinator.execute(coordinator.command(false, expectNow(undefine))));
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    assertThat(lab.virsh(HOST, "list", "--all", "--name")).doesNotContain(VM);
  }

  private void defineAndStart() throws IOException {
    List<Outcome> defined = coordinator.execute(coordinator.command(false, define()));
    assertThat(settled(defined)).as("%s", defined).isTrue();
    awaitState(DomainState.DOMAIN_STATE_SHUT_OFF);
    List<Outcome> started =
        coordinator.execute(coordinator.command(false, expectNow(Requests.start(VM))));
    assertThat(settled(started)).as("%s", started).isTrue();
    awaitState(DomainState.DOMAIN_STATE_RUNNING);
  }

  private PlannedAction define() {
    return Requests.define(VM, agent.domainXml(VM, DIGEST), DIGEST);
  }

  private PlannedAction expectNow(Action action) {
    return Requests.expecting(coordinator.domain(VM).orElseThrow(), action);
  }

  private PlannedAction pin(String vcpu, String emulator) {
    return expectNow(Requests.pin(VM, vcpu, emulator));
  }

  /**
   * An action that only libvirt itself can refuse, when it is done: its emulator does not exist.
   */
  private PlannedAction impossible() {
    String xml = agent.domainXml("exec-2", DIGEST).replace(Lab.EMULATOR, "/nonexistent/qemu");
    return Requests.planned(
        Action.newBuilder()
            .setDefineDomain(
                DefineDomain.newBuilder().setVm("exec-2").setXml(xml).setSpecDigest(DIGEST))
            .build(),
        Expectation.newBuilder().setNoDomain(NoDomain.newBuilder()).build());
  }

  private static PlannedAction pinOfNobody() {
    return Requests.planned(
        Requests.pin("defined-by-nobody", "0", "0"), after(DomainState.DOMAIN_STATE_SHUT_OFF, ""));
  }

  private static Expectation after(DomainState state, String digest) {
    return Expectation.newBuilder()
        .setAfterEarlierSteps(AfterEarlierSteps.newBuilder().setState(state).setSpecDigest(digest))
        .build();
  }

  private static PlannedAction ksm(KsmSettings expected, KsmSettings target) {
    return Requests.planned(
        Action.newBuilder().setSetKsm(SetKsm.newBuilder().setSettings(target)).build(),
        Expectation.newBuilder().setKsm(KsmRecord.newBuilder().setSettings(expected)).build());
  }

  private static Outcome only(List<Outcome> outcomes) {
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0);
  }

  private static boolean settled(List<Outcome> outcomes) {
    return outcomes.stream().allMatch(outcome -> outcome.hasApplied() || outcome.hasUnchanged());
  }

  private void awaitState(DomainState state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> coordinator.domain(VM).map(Domain::getState).filter(state::equals).isPresent());
    if (state == DomainState.DOMAIN_STATE_RUNNING) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> coordinator.domain(VM).filter(Domain::hasLivePins).isPresent());
    }
  }

  private void awaitObserved(String vcpu) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                coordinator
                    .domain(VM)
                    .filter(domain -> domain.getLivePins().getVcpus(0).equals(vcpu))
                    .isPresent());
  }

  private List<String> allowedCpus() {
    return lab.exec(
            HOST,
            "sh",
            "-c",
            "grep -h Cpus_allowed_list /proc/$(cat /run/libvirt/qemu/" + VM + ".pid)/task/*/status")
        .orFail()
        .lines()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .distinct()
        .toList();
  }

  private String ksmFile(String name) {
    return lab.exec(HOST, "cat", "/sys/kernel/mm/ksm/" + name).orFail().strip();
  }
}
