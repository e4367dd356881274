package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.core.model.HostName;
import dev.ballast.v1.DomainAnswer;
import dev.ballast.v1.DomainQuery;
import dev.ballast.wire.Features;
import dev.ballast.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Questions on the agents' streams, and the calls that wait for their answers. */
public final class AgentQueries implements DefinitionQueries {
  /** So many questions may wait for answers. */
  static final int WAITING_LIMIT = 256;

  private final AgentSessions sessions;
  private final long timeoutMillis;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

  private record Waiting(HostName host, CompletableFuture<DomainAnswer> answer) {}

  /**
   * @param timeoutMillis how long an answer is waited for
   */
  public AgentQueries(AgentSessions sessions, long timeoutMillis) {
    this.sessions = sessions;
    this.timeoutMillis = timeoutMillis;
    sessions.onAnswer(this::answered);
  }

  @Override
  public Definition definition(HostName host, String domain) throws Unanswered {
    DomainAnswer answer = ask(host, domain);
    if (!answer.hasXml()) {
      return new Definition(Optional.empty(), answer.getProblem());
    }
    if (answer.getXml().getBytes(StandardCharsets.UTF_8).length > WireLimits.XML_BYTES) {
      return new Definition(
          Optional.empty(), "its definition is larger than " + WireLimits.XML_BYTES + " bytes");
    }
    return new Definition(Optional.of(answer.getXml()), "");
  }

  @Override
  public List<String> leftOut(HostName host) throws Unanswered {
    DomainAnswer answer = ask(host, "");
    if (!answer.getProblem().isEmpty()) {
      throw new Unanswered(answer.getProblem());
    }
    return List.copyOf(answer.getLeftOutList());
  }

  private DomainAnswer ask(HostName host, String domain) throws Unanswered {
    AgentSession session =
        sessions
            .session(host)
            .orElseThrow(
                () ->
                    new Unanswered(
                        "host "
                            + host
                            + " is not connected; see 'systemctl status ballast-agent' there"));
    if (!session.agent().features().contains(Features.DOMAIN_QUERY)) {
      throw new Unanswered(
          "the agent of host " + host + " is too old to tell definitions; update it");
    }
    if (waiting.size() >= WAITING_LIMIT) {
      throw new Unanswered("too many questions wait for agents; try again");
    }
    long id = lastId.incrementAndGet();
    CompletableFuture<DomainAnswer> answer = new CompletableFuture<>();
    waiting.put(id, new Waiting(host, answer));
    try {
      if (!session.ask(DomainQuery.newBuilder().setQueryId(id).setDomain(domain).build())) {
        throw new Unanswered("host " + host + " does not read what it is sent; try again");
      }
      return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unanswered("host " + host + " did not answer within " + timeoutMillis + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails an answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unanswered("the coordinator is stopping");
    } finally {
      waiting.remove(id);
    }
  }

  /** An agent answers only for its own host. */
  private void answered(HostName host, DomainAnswer answer) {
    Waiting asked = waiting.get(answer.getQueryId());
    if (asked != null && asked.host().equals(host)) {
      asked.answer().complete(answer);
    }
  }
}
