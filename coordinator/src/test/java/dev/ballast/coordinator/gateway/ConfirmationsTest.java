package dev.ballast.coordinator.gateway;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.KSM_OFF;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.ConfirmReply;
import dev.ballast.v1.ConfirmRequest;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.Hello;
import dev.ballast.wire.Features;
import dev.ballast.wire.TlsException;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commands the coordinator confirms, over real connections. */
class ConfirmationsTest {
  @TempDir private static Path pki;
  @TempDir private Path state;
  private TestServer server;

  @BeforeAll
  static void makeFiles() throws Exception {
    TestServer.makeFiles(pki, "lab");
  }

  @BeforeEach
  void start() throws Exception {
    server = new TestServer(pki, state);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Command command(long id) {
    return new Command(
        id,
        1,
        0,
        "",
        15_000,
        false,
        Optional.of(60_000L),
        List.of(new PlannedAction(new SetKsm(KSM_ON), new KsmRecord(KSM_OFF))));
  }

  private long outstanding() {
    return server.commands.create(H1, "op-1", CommandPurpose.EXECUTE, List.of(1));
  }

  private ConfirmReply confirm(String certificate, long commandId, long term) throws TlsException {
    return AgentGatewayGrpc.newBlockingStub(server.host(certificate))
        .confirm(
            ConfirmRequest.newBuilder()
                .setHost("h1")
                .setCommandId(commandId)
                .setTerm(term)
                .setNonce("nonce-7")
                .build());
  }

  private void refused(String certificate, long commandId, long term, Code code) {
    assertThatThrownBy(() -> confirm(certificate, commandId, term))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  private CoordinatorMessage sent(Hello.Builder hello) throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host("h1"));
    agent.greet(hello);
    agent.await(CoordinatorMessage::hasWelcome);
    assertThat(server.sessions.send(H1, command(outstanding()))).isTrue();
    return agent.await(CoordinatorMessage::hasCommand);
  }

  @Test
  void returnsTheNonceOfACommandWhoseOutcomeItAwaits() throws Exception {
    long id = outstanding();

    ConfirmReply reply = confirm("h1", id, 1);

    assertThat(reply.getNonce()).isEqualTo("nonce-7");
    assertThat(reply.getCommandId()).isEqualTo(id);
  }

  @Test
  void aCommandThatHasItsOutcomeOrWasNeverSentIsNotConfirmed() {
    long id = outstanding();
    server.commands.setOutcomes(H1, id, List.of(new Outcome.Unknown("given up")));

    refused("h1", id, 1, Code.NOT_FOUND);
    refused("h1", id + 1, 1, Code.NOT_FOUND);
  }

  @Test
  void anotherHostCannotAskForIt() {
    refused("h2", outstanding(), 1, Code.PERMISSION_DENIED);
  }

  @Test
  void aDeposedLeaderConfirmsNothing() {
    refused("h1", outstanding(), 2, Code.UNAVAILABLE);
  }

  @Test
  void theTimeGoesToAgentsThatKnowIt() throws Exception {
    CoordinatorMessage sent = sent(FakeAgent.hello("h1").addFeatures(Features.COMMIT_CONFIRMED));

    assertThat(sent.getCommand().getConfirmWithinMillis()).isEqualTo(60_000);
  }

  @Test
  void anOlderAgentGetsAPlainCommand() throws Exception {
    assertThat(sent(FakeAgent.hello("h1")).getCommand().hasConfirmWithinMillis()).isFalse();
  }
}
