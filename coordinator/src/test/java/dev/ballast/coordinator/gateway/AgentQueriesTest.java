package dev.ballast.coordinator.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.cluster.DefinitionQueries.Definition;
import dev.ballast.coordinator.cluster.DefinitionQueries.Unanswered;
import dev.ballast.core.model.HostName;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.DomainAnswer;
import dev.ballast.v1.DomainQuery;
import dev.ballast.wire.Features;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentQueriesTest {
  private static final HostName H1 = new HostName("h1");

  @TempDir private static Path pki;
  @TempDir private Path state;
  private TestServer server;
  private AgentQueries queries;

  @BeforeAll
  static void files() throws Exception {
    TestServer.makeFiles(pki, "lab");
  }

  @BeforeEach
  void start() throws Exception {
    server = new TestServer(pki, state);
    queries = new AgentQueries(server.sessions, 10_000);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FakeAgent connected(String host, boolean observeOnly) throws Exception {
    FakeAgent agent = FakeAgent.connect(server.host(host));
    agent.greet(
        FakeAgent.hello(host).setObserveOnly(observeOnly).addFeatures(Features.DOMAIN_QUERY));
    agent.await(CoordinatorMessage::hasWelcome);
    return agent;
  }

  private static DomainQuery asked(FakeAgent agent) {
    return agent.await(CoordinatorMessage::hasDomainQuery).getDomainQuery();
  }

  private static void answer(FakeAgent agent, DomainAnswer.Builder answer) {
    agent.send(AgentMessage.newBuilder().setDomainAnswer(answer));
  }

  @Test
  void anObserveOnlyHostAnswersThoughItIsSentNoCommand() throws Exception {
    FakeAgent agent = connected("h1", true);
    CompletableFuture<Definition> definition =
        CompletableFuture.supplyAsync(() -> definition("web"));

    DomainQuery query = asked(agent);
    assertThat(query.getDomain()).isEqualTo("web");
    answer(agent, DomainAnswer.newBuilder().setQueryId(query.getQueryId()).setXml("<domain/>"));

    assertThat(definition.join()).isEqualTo(new Definition(Optional.of("<domain/>"), ""));
    assertThat(agent.received()).noneMatch(CoordinatorMessage::hasCommand);
  }

  @Test
  void anAnswerOfAnotherHostCountsForNothing() throws Exception {
    FakeAgent agent = connected("h1", false);
    FakeAgent liar = connected("h2", false);
    CompletableFuture<Definition> definition =
        CompletableFuture.supplyAsync(() -> definition("web"));
    DomainQuery query = asked(agent);

    answer(liar, DomainAnswer.newBuilder().setQueryId(query.getQueryId()).setXml("<lie/>"));
    answer(agent, DomainAnswer.newBuilder().setQueryId(query.getQueryId() + 1).setXml("<old/>"));
    answer(agent, DomainAnswer.newBuilder().setQueryId(query.getQueryId()).setProblem("why"));

    assertThat(definition.join()).isEqualTo(new Definition(Optional.empty(), "why"));
  }

  @Test
  void tellsWhyThereIsNoAnswer() throws Exception {
    assertThatThrownBy(() -> queries.definition(H1, "web"))
        .isInstanceOf(Unanswered.class)
        .hasMessageContaining("h1 is not connected");
    FakeAgent old = FakeAgent.connect(server.host("h1"));
    old.greet(FakeAgent.hello("h1"));
    old.await(CoordinatorMessage::hasWelcome);
    assertThatThrownBy(() -> queries.definition(H1, "web")).hasMessageContaining("too old");
    connected("h2", false);
    assertThatThrownBy(() -> new AgentQueries(server.sessions, 50).leftOut(new HostName("h2")))
        .hasMessageContaining("did not answer within 50 ms");
  }

  private Definition definition(String domain) {
    try {
      return queries.definition(H1, domain);
    } catch (Unanswered e) {
      throw new IllegalStateException(e);
    }
  }
}
