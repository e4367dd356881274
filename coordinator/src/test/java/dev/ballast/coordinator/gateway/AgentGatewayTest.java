package dev.ballast.coordinator.gateway;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.KSM_OFF;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static dev.ballast.coordinator.Fixtures.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.StoredCommand;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.FreezeState;
import dev.ballast.v1.GetStatusRequest;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.v1.Telemetry;
import dev.ballast.v1.Welcome;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.ObservationCodec;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AgentGatewayTest {
  @TempDir private static Path pki;
  @TempDir private static Path otherPki;
  @TempDir private Path state;
  private TestServer server;

  @BeforeAll
  static void makeFiles() throws Exception {
    TestServer.makeFiles(pki, "lab");
    TestServer.makeFiles(otherPki, "other");
  }

  @BeforeEach
  void start() throws Exception {
    server = new TestServer(pki, state);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FakeAgent welcomed() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"));
    agent.greet(FakeAgent.hello("h1"));
    agent.await(CoordinatorMessage::hasWelcome);
    return agent;
  }

  private <E extends ClusterEvent> E heard(Class<E> kind) {
    return await()
        .until(
            () -> server.listening.events().stream().filter(kind::isInstance).findFirst(),
            Optional::isPresent)
        .map(kind::cast)
        .orElseThrow();
  }

  private boolean isConnected() {
    return server.cluster.snapshot().hosts().get(H1).connected();
  }

  private Command command(long id) {
    return new Command(
        id,
        99,
        0,
        "",
        15_000,
        false,
        Optional.empty(),
        List.of(new PlannedAction(new SetKsm(KSM_ON), new KsmRecord(KSM_OFF))));
  }

  private long newCommand() {
    return server.commands.create(H1, "op-1", CommandPurpose.EXECUTE, List.of(1));
  }

  private static void assertRefused(Status status, Code code, String text) {
    assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
    assertThat(status.getDescription()).contains(text);
  }

  @Test
  void anAgentIsWelcomedAndItsHostConnected() throws Exception {
    FakeAgent agent = welcomed();
    Welcome welcome = agent.received().getFirst().getWelcome();
    assertThat(welcome.getTerm()).isEqualTo(1);
    assertThat(welcome.getCluster()).isEqualTo("lab");
    assertThat(welcome.getContractVersion()).isEqualTo(1);
    assertThat(welcome.getTelemetryIntervalMillis()).isEqualTo(1_000);
    assertThat(welcome.getLeaseMillis()).isEqualTo(TestServer.LEASE_MILLIS);
    assertThat(heard(AgentConnected.class).agent().bootId()).isEqualTo("boot-1");
    assertThat(isConnected()).isTrue();
  }

  @Test
  void whatTheAgentReportsBecomesEvents() throws Exception {
    FakeAgent agent = welcomed();
    agent.send(
        AgentMessage.newBuilder()
            .setTelemetry(
                Telemetry.newBuilder().setLoad(ModelCodec.toProto(Fixtures.load(5, WEB, 700)))));
    CpuAlert alert =
        new CpuAlert(2, 1, CpuAlert.Kind.HOT_CPUS, CpuSet.of(0), 1_200, 900, List.of(WEB));
    agent.send(AgentMessage.newBuilder().setAlert(ModelCodec.toProto(alert)));
    agent.send(
        AgentMessage.newBuilder()
            .setObservation(ObservationCodec.toProto(Fixtures.observation(2))));
    agent.send(
        AgentMessage.newBuilder()
            .setFreeze(FreezeState.newBuilder().setHostFrozen(true).addFrozenVms("web-1")));
    assertThat(heard(AlertRaised.class).alert()).isEqualTo(alert);
    assertThat(heard(ObservationReported.class).observation()).isEqualTo(Fixtures.observation(2));
    assertThat(heard(FreezeReported.class).frozenVms()).containsExactly(WEB);
    assertThat(server.cluster.history().host(H1)).contains(Fixtures.load(5, WEB, 700));
  }

  @Test
  void aCommandCarriesTermStampAndBootOfTheStream() throws Exception {
    FakeAgent agent = welcomed();
    long stamp = agent.stampMillis();
    long id = newCommand();
    assertThat(server.sessions.send(H1, command(id))).isTrue();
    var sent = agent.await(CoordinatorMessage::hasCommand).getCommand();
    assertThat(sent.getId()).isEqualTo(id);
    assertThat(sent.getTerm()).isEqualTo(1);
    assertThat(sent.getStampMillis()).isEqualTo(stamp);
    assertThat(sent.getStampBootId()).isEqualTo("boot-1");
    assertThat(sent.getDeadlineMillis()).isEqualTo(15_000);
  }

  @Test
  void aNewerStampIsUsedOnceTheLeaseIsRenewed() throws Exception {
    FakeAgent agent = welcomed();
    long old = agent.stampMillis();
    agent.send(
        AgentMessage.newBuilder()
            .setObservation(ObservationCodec.toProto(Fixtures.observation(2))));
    heard(ObservationReported.class);
    assertThat(server.sessions.send(H1, command(newCommand()))).isTrue();
    assertThat(agent.await(CoordinatorMessage::hasCommand).getCommand().getStampMillis())
        .isEqualTo(old);
    server.sessions.tick();
    var renewal = agent.await(CoordinatorMessage::hasLeaseRenewal).getLeaseRenewal();
    assertThat(renewal.getStampMillis()).isEqualTo(agent.stampMillis());
    assertThat(renewal.getTerm()).isEqualTo(1);
    long second = newCommand();
    assertThat(server.sessions.send(H1, command(second))).isTrue();
    assertThat(
            agent
                .await(m -> m.hasCommand() && m.getCommand().getId() == second)
                .getCommand()
                .getStampMillis())
        .isEqualTo(agent.stampMillis());
  }

  @Test
  void anOutcomeIsAcknowledgedOnlyAfterItIsStored() throws Exception {
    FakeAgent agent = welcomed();
    long id = newCommand();
    agent.send(
        AgentMessage.newBuilder()
            .setReceived(dev.ballast.v1.CommandReceived.newBuilder().setCommandId(id)));
    assertThat(heard(CommandReceived.class).commandId()).isEqualTo(id);
    agent.report(id, new Outcome.Unchanged());
    var acknowledged =
        agent.await(CoordinatorMessage::hasOutcomeAcknowledged).getOutcomeAcknowledged();
    assertThat(acknowledged.getCommandId()).isEqualTo(id);
    StoredCommand stored = server.commands.get(H1, id).orElseThrow();
    assertThat(stored.outcomes()).contains(List.of(new Outcome.Unchanged()));
    assertThat(stored.received()).isTrue();
    assertThat(heard(OutcomeReported.class).commandId()).isEqualTo(id);
  }

  @Test
  void anOutcomeThatCannotBeStoredIsNotAcknowledged() throws Exception {
    FakeAgent agent = welcomed();
    long id = newCommand();
    new LeadershipStore(server.database).take(2);
    agent.report(id, new Outcome.Unchanged());
    assertRefused(agent.awaitEnd(), Code.UNAVAILABLE, "term 1 is deposed");
    assertThat(agent.received()).noneMatch(CoordinatorMessage::hasOutcomeAcknowledged);
  }

  @Test
  void outstandingCommandsAreAskedForAndNotSentAnyMore() throws Exception {
    long outstanding = newCommand();
    FakeAgent agent = welcomed();
    assertThat(agent.await(CoordinatorMessage::hasOutcomeQuery).getOutcomeQuery().getCommandId())
        .isEqualTo(outstanding);
    assertThat(server.sessions.send(H1, command(outstanding))).isFalse();
    assertThat(server.sessions.send(H1, command(newCommand()))).isTrue();
  }

  @Test
  void commandsStartPastWhatTheAgentHasJournalled() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"));
    agent.greet(FakeAgent.hello("h1").setLastCommandId(70));
    agent.await(CoordinatorMessage::hasWelcome);
    assertThat(newCommand()).isEqualTo(71);
  }

  @Test
  void anObserveOnlyHostIsNeverCommanded() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"));
    agent.greet(FakeAgent.hello("h1").setObserveOnly(true));
    agent.await(CoordinatorMessage::hasWelcome);
    assertThat(server.sessions.send(H1, command(newCommand()))).isFalse();
    assertThat(server.cluster.snapshot().hosts().get(H1).observeOnly()).isTrue();
  }

  @Test
  void aHostThatIsNotConnectedIsNotCommanded() throws Exception {
    assertThat(server.sessions.send(H1, command(newCommand()))).isFalse();
    FakeAgent agent = welcomed();
    agent.complete();
    heard(AgentLost.class);
    assertThat(agent.awaitEnd().getCode()).isEqualTo(Code.OK);
    assertThat(server.sessions.send(H1, command(newCommand()))).isFalse();
  }

  @Test
  void aNewLeaderWaitsOneLeaseBeforeItsFirstCommand() throws Exception {
    server.close();
    server = new TestServer(pki, state);
    FakeAgent agent = welcomed();
    assertThat(server.sessions.send(H1, command(newCommand()))).isFalse();
    server.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(TestServer.LEASE_MILLIS));
    assertThat(server.sessions.send(H1, command(newCommand()))).isTrue();
    assertThat(agent.await(CoordinatorMessage::hasCommand).getCommand().getTerm()).isEqualTo(2);
  }

  @Test
  void aCutStreamLosesTheHost() throws Exception {
    FakeAgent agent = welcomed();
    agent.cut();
    assertThat(heard(AgentLost.class).reason()).contains("its connection ended");
    await().until(() -> !isConnected());
  }

  @Test
  void aSilentAgentIsLost() throws Exception {
    FakeAgent agent = welcomed();
    server.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_000));
    server.sessions.tick();
    assertThat(agent.hasEnded()).isFalse();
    server.nanos.addAndGet(1);
    server.sessions.tick();
    assertRefused(agent.awaitEnd(), Code.DEADLINE_EXCEEDED, "silent for 5000 ms");
    heard(AgentLost.class);
  }

  @Test
  void aSecondStreamOfTheSameBootReplacesTheFirst() throws Exception {
    FakeAgent first = welcomed();
    FakeAgent second = FakeAgent.connect(server.host("h1"));
    second.greet(FakeAgent.hello("h1"));
    second.await(CoordinatorMessage::hasWelcome);
    assertRefused(first.awaitEnd(), Code.ABORTED, "a new stream of this host took its place");
    long id = newCommand();
    assertThat(server.sessions.send(H1, command(id))).isTrue();
    assertThat(second.await(CoordinatorMessage::hasCommand).getCommand().getId()).isEqualTo(id);
    assertThat(server.listening.events()).noneMatch(AgentLost.class::isInstance);
    assertThat(isConnected()).isTrue();
  }

  @Test
  void aSecondStreamOfAnotherBootWaitsUntilTheFirstIsSilent() throws Exception {
    FakeAgent first = welcomed();
    FakeAgent second = FakeAgent.connect(server.host("h1"));
    second.greet(FakeAgent.hello("h1").setBootId("boot-2"));
    assertRefused(second.awaitEnd(), Code.ALREADY_EXISTS, "connected already, from another boot");
    assertThat(first.hasEnded()).isFalse();
    server.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_001));
    server.sessions.tick();
    first.awaitEnd();
    FakeAgent third = FakeAgent.connect(server.host("h1"));
    third.greet(FakeAgent.hello("h1").setBootId("boot-2"));
    third.await(CoordinatorMessage::hasWelcome);
  }

  @Test
  void anAgentThatDoesNotReadIsNotSentWithoutBound() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"), false);
    agent.greet(FakeAgent.hello("h1"));
    await().until(() -> server.cluster.snapshot().hosts().containsKey(H1));
    int taken = 0;
    while (server.sessions.send(H1, big(newCommand()))) {
      taken++;
      assertThat(taken).isLessThan(10_000);
    }
    assertThat(taken).isGreaterThanOrEqualTo(SendQueue.LIMIT - 2);
  }

  private Command big(long id) {
    PlannedAction action = command(id).actions().getFirst();
    return new Command(
        id,
        1,
        0,
        "",
        1,
        false,
        Optional.empty(),
        Collections.nCopies(Command.ACTION_LIMIT, action));
  }

  @Test
  void anotherHostsNameIsRefused() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h2"));
    agent.greet(FakeAgent.hello("h1"));
    assertRefused(
        agent.awaitEnd(), Code.PERMISSION_DENIED, "its certificate is of host h2 of cluster lab");
    assertThat(server.cluster.snapshot().hosts()).isEmpty();
  }

  private static ListAppender<ILoggingEvent> logged(Class<?> logger) {
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    ((Logger) LoggerFactory.getLogger(logger)).addAppender(appender);
    return appender;
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    // Trusts this server, but shows what another cluster's authority signed.
    Path mixed = Files.createDirectory(state.resolve("mixed"));
    Path other = otherPki.resolve("hosts/h1");
    for (String name : List.of("host.crt", "host.key")) {
      Files.copy(other.resolve(name), mixed.resolve(name));
    }
    Files.copy(pki.resolve("pki/ca.crt"), mixed.resolve("ca.crt"));
    ListAppender<ILoggingEvent> logged = logged(GrpcLogging.class);
    FakeAgent agent = FakeAgent.connect(server.channel(mixed, "host"));
    assertThat(agent.awaitEnd().getCode()).isEqualTo(Code.UNAVAILABLE);
    await()
        .untilAsserted(
            () ->
                assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("no certificate that this cluster's")));
    FakeAgent distrusting = FakeAgent.connect(server.channel(other, "host"));
    assertThat(distrusting.awaitEnd().getCode()).isEqualTo(Code.UNAVAILABLE);
    FakeAgent bare = FakeAgent.connect(server.plaintext());
    assertThat(bare.awaitEnd().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void aCertificateOfAnotherClusterIsRefused() throws Exception {
    // The same authority signed it, as if two clusters shared one.
    Path directory = Files.createDirectory(state.resolve("elsewhere"));
    OtherCluster.issue(pki, directory, "elsewhere", "h1");
    FakeAgent agent = FakeAgent.connect(server.channel(directory, "host"));
    agent.greet(FakeAgent.hello("h1"));
    assertRefused(
        agent.awaitEnd(),
        Code.PERMISSION_DENIED,
        "of host h1 of cluster elsewhere, this coordinator is of cluster lab");
  }

  @Test
  void rolesAreKeptApart() throws Exception {
    assertThatThrownBy(
            () ->
                OperatorApiGrpc.newBlockingStub(server.host("h1"))
                    .getStatus(GetStatusRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertRefused(
                    e.getStatus(), Code.PERMISSION_DENIED, "may not call ballast.v1.OperatorApi"));
    FakeAgent agent = FakeAgent.connect(server.operator());
    assertRefused(agent.awaitEnd(), Code.PERMISSION_DENIED, "may not call ballast.v1.AgentGateway");
    assertThatThrownBy(
            () ->
                OperatorApiGrpc.newBlockingStub(server.operator())
                    .getStatus(GetStatusRequest.getDefaultInstance()))
        .as("let through to the service, which has no such method here")
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED));
  }

  @Test
  void aContractTooOldOrTooNewIsRefused() throws Exception {
    FakeAgent old = FakeAgent.connect(server.host("h1"));
    old.greet(FakeAgent.hello("h1").setContractVersion(0).setOldestContractVersion(0));
    assertRefused(old.awaitEnd(), Code.FAILED_PRECONDITION, "host 'h1'");
    FakeAgent young = FakeAgent.connect(server.host("h1"));
    young.greet(FakeAgent.hello("h1").setContractVersion(9).setOldestContractVersion(8));
    assertRefused(
        young.awaitEnd(),
        Code.FAILED_PRECONDITION,
        "needs contract version 8 or newer, this coordinator speaks 1: update the coordinator");
    FakeAgent both = FakeAgent.connect(server.host("h1"));
    both.greet(FakeAgent.hello("h1").setContractVersion(9));
    assertThat(both.await(CoordinatorMessage::hasWelcome).getWelcome().getContractVersion())
        .isEqualTo(1);
  }

  @Test
  void anAgentThatFollowedAHigherTermIsNotCommanded() throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"));
    agent.greet(FakeAgent.hello("h1").setHighestTerm(41));
    assertRefused(agent.awaitEnd(), Code.FAILED_PRECONDITION, "ballast-coordinator recover");
    assertThat(new LeadershipStore(server.database).highestReported()).isEqualTo(41);
    assertThat(server.sessions.send(H1, command(newCommand()))).isFalse();
  }

  @Test
  void whatMakesNoSenseEndsTheStream() throws Exception {
    FakeAgent mute = FakeAgent.connect(server.host("h1"));
    mute.report(1, new Outcome.Unchanged());
    assertRefused(mute.awaitEnd(), Code.FAILED_PRECONDITION, "first message must be a hello");
    FakeAgent hollow = FakeAgent.connect(server.host("h1"));
    hollow.greet(FakeAgent.hello("h1").clearInventory());
    assertRefused(hollow.awaitEnd(), Code.INVALID_ARGUMENT, "topology");
    FakeAgent nameless = FakeAgent.connect(server.host("h1"));
    nameless.greet(FakeAgent.hello("no name"));
    assertRefused(nameless.awaitEnd(), Code.INVALID_ARGUMENT, "'no name' is not a host name");
    FakeAgent twice = welcomed();
    twice.greet(FakeAgent.hello("h1"));
    assertRefused(twice.awaitEnd(), Code.FAILED_PRECONDITION, "a second hello");
    FakeAgent odd = welcomed();
    odd.send(
        AgentMessage.newBuilder()
            .setFreeze(FreezeState.newBuilder().addFrozenVms("../../etc/passwd")));
    assertRefused(odd.awaitEnd(), Code.INVALID_ARGUMENT, "is not a VM name");
    await().until(() -> !isConnected());
  }

  @Test
  void aMessageTooLargeEndsTheStream() throws Exception {
    FakeAgent agent = welcomed();
    agent.send(
        AgentMessage.newBuilder()
            .setObservation(
                ObservationCodec.toProto(Fixtures.observation(2)).toBuilder()
                    .putVersions("x", "y".repeat(5 << 20))));
    assertRefused(agent.awaitEnd(), Code.RESOURCE_EXHAUSTED, "at most 4194304");
  }
}
