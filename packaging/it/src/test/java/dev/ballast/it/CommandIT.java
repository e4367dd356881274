package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.v1.Action;
import dev.ballast.v1.Command;
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

/** What an agent refuses, repeats and remembers, over its own restarts. KSM is the object. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandIT {
  private static final String HOST = "h2";
  private static final int PAGES = 321;

  private final Lab lab = Lab.up(2);
  private LoneAgent agent;
  private FakeCoordinator coordinator;

  @BeforeAll
  void start() throws IOException {
    agent = LoneAgent.start(lab, HOST);
    coordinator = agent.coordinator();
    coordinator.awaitHello(1);
  }

  @BeforeEach
  void settle() {
    write("pages_to_scan", 100);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> coordinator.observation().getKsm().getPagesToScan() == 100);
  }

  @AfterAll
  void stop() throws IOException {
    agent.close();
  }

  @Test
  void answersAKnownIdWithTheRecordedOutcome() throws IOException {
    Command command = coordinator.command(false, ksm(100, PAGES));
    Outcome first = only(coordinator.execute(command));
    write("pages_to_scan", 55);

    Outcome second = only(coordinator.execute(command));

    assertThat(first.hasApplied()).as("%s", first).isTrue();
    assertThat(second).isEqualTo(first);
    assertThat(read("pages_to_scan")).isEqualTo("55");
  }

  @Test
  void remembersAnOutcomeOverItsOwnDeath() throws IOException {
    Command command = coordinator.command(false, ksm(100, PAGES));
    Outcome first = only(coordinator.execute(command));
    int connections = coordinator.connections();

    agent.kill();
    agent.restart();
    coordinator.awaitHello(connections + 1);
    write("pages_to_scan", 55);

    assertThat(only(coordinator.execute(command))).isEqualTo(first);
    assertThat(read("pages_to_scan")).isEqualTo("55");
  }

  @Test
  void refusesAnOlderTerm() throws IOException {
    only(coordinator.execute(coordinator.command(true, ksm(100, PAGES))));
    Command command = coordinator.command(false, ksm(100, PAGES)).toBuilder().setTerm(1).build();

    refused(command, RefusalReason.REFUSAL_REASON_OLD_TERM);
  }

  @Test
  void refusesAStampThatIsOlderThanItsDeadline() throws IOException {
    Command fresh = coordinator.command(false, ksm(100, PAGES));
    Command stale =
        fresh.toBuilder()
            .setStampMillis(Math.max(1, fresh.getStampMillis() - 60_000))
            .setDeadlineMillis(1_000)
            .build();

    refused(stale, RefusalReason.REFUSAL_REASON_EXPIRED);
  }

  @Test
  void refusesAStampOfAnotherBoot() throws IOException {
    Command command =
        coordinator.command(false, ksm(100, PAGES)).toBuilder()
            .setStampBootId("00000000-0000-0000-0000-000000000000")
            .build();

    refused(command, RefusalReason.REFUSAL_REASON_EXPIRED);
  }

  @Test
  void undoesByItselfWhatNobodyConfirms() throws IOException {
    Command command =
        coordinator.command(false, ksm(100, PAGES)).toBuilder()
            .setConfirmWithinMillis(2_000)
            .build();

    Outcome outcome = only(coordinator.execute(command));

    assertThat(outcome.getUndone().getCause()).contains("not confirmed within 2000 ms");
    assertThat(read("pages_to_scan")).isEqualTo("100");
  }

  @Test
  void refusesAnActionThatItDoesNotKnow() throws IOException {
    Command command =
        coordinator.command(
            false, PlannedAction.newBuilder().setAction(Action.newBuilder()).build());

    refused(command, RefusalReason.REFUSAL_REASON_UNSUPPORTED);
  }

  @Test
  void namesTheFieldsOfAStalePlan() throws IOException {
    Command command = coordinator.command(false, ksm(99, PAGES));

    Outcome outcome = refused(command, RefusalReason.REFUSAL_REASON_STALE);

    assertThat(outcome.getRefused().getDifferencesList())
        .anySatisfy(
            difference -> {
              assertThat(difference.getExpected()).contains("99");
              assertThat(difference.getFound()).contains("100");
            });
  }

  @Test
  void obeysALocalFreezeWithoutAnyCoordinator() throws IOException {
    agent.ballastAgent("freeze", "--reason", "maintenance").orFail();
    try {
      refused(coordinator.command(false, ksm(100, PAGES)), RefusalReason.REFUSAL_REASON_FROZEN);
    } finally {
      agent.ballastAgent("freeze", "--off").orFail();
    }

    Outcome outcome = only(coordinator.execute(coordinator.command(false, ksm(100, PAGES))));
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
  }

  @Test
  void refusesWhenTheDiskIsFullAndGoesOnAfterwards() throws IOException {
    agent.fillDisk();
    try {
      refused(coordinator.command(false, ksm(100, PAGES)), RefusalReason.REFUSAL_REASON_NO_JOURNAL);
    } finally {
      agent.emptyDisk();
    }

    Outcome outcome = only(coordinator.execute(coordinator.command(false, ksm(100, PAGES))));
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
  }

  private Outcome refused(Command command, RefusalReason reason) throws IOException {
    Outcome outcome = only(coordinator.execute(command));
    assertThat(outcome.hasRefused()).as("%s", outcome).isTrue();
    assertThat(outcome.getRefused().getReason()).isEqualTo(reason);
    assertThat(read("pages_to_scan")).isEqualTo("100");
    return outcome;
  }

  private PlannedAction ksm(long expectedPages, long pages) {
    KsmSettings now = coordinator.observation().getKsm();
    return PlannedAction.newBuilder()
        .setAction(
            Action.newBuilder()
                .setSetKsm(SetKsm.newBuilder().setSettings(now.toBuilder().setPagesToScan(pages))))
        .setExpectation(
            Expectation.newBuilder()
                .setKsm(
                    KsmRecord.newBuilder()
                        .setSettings(now.toBuilder().setPagesToScan(expectedPages))))
        .build();
  }

  private static Outcome only(List<Outcome> outcomes) {
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0);
  }

  private void write(String file, int value) {
    lab.exec(HOST, "sh", "-c", "echo " + value + " >/sys/kernel/mm/ksm/" + file).orFail();
  }

  private String read(String file) {
    return lab.exec(HOST, "cat", "/sys/kernel/mm/ksm/" + file).orFail().strip();
  }
}
