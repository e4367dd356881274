package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import dev.ballast.v1.AbortCommand;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.Command;
import dev.ballast.v1.CommandOutcome;
import dev.ballast.v1.CommandProgress;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.Domain;
import dev.ballast.v1.Hello;
import dev.ballast.v1.Observation;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.OutcomeAcknowledged;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.Welcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The tests' end of {@link AgentDriver}: sends commands to one real agent, sees all it reports. */
final class FakeCoordinator implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final OutputStream in;
  private final Map<Long, CommandOutcome> outcomes = new ConcurrentHashMap<>();
  private final Map<Long, Long> arrivedNanos = new ConcurrentHashMap<>();
  private final Map<Long, CommandProgress> progress = new ConcurrentHashMap<>();
  private volatile @Nullable Hello hello;
  private volatile @Nullable Observation observation;
  private volatile long stampMillis;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger samples = new AtomicInteger();
  private volatile boolean listening;
  private volatile boolean closed;
  private long lastId;
  private long term;

  FakeCoordinator(Lab lab, Path pki, String address, int port, long term) throws IOException {
    this.term = term;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        lab.execCommand(
            "coordinator",
            List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AgentDriver.class.getName(),
                address,
                Integer.toString(port),
                pki.resolve("ca.crt").toString(),
                pki.resolve("coordinator.crt").toString(),
                pki.resolve("coordinator.key").toString()));
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.in = process.getOutputStream();
    Thread.ofVirtual().start(this::read);
    await().atMost(PATIENCE).until(() -> listening);
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        JsonNode node = JSON.readTree(line);
        if (node.has("listening")) {
          listening = true;
        } else if (node.has("stampMillis")) {
          AgentMessage.Builder message = AgentMessage.newBuilder();
          JsonFormat.parser().ignoringUnknownFields().merge(line, message);
          received(message.build());
        }
      }
    } catch (IOException e) {
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void received(AgentMessage message) throws IOException {
    stampMillis = Math.max(stampMillis, message.getStampMillis());
    switch (message.getMessageCase()) {
      case HELLO -> {
        Hello greeting = message.getHello();
        stampMillis = message.getStampMillis();
        observation = greeting.getObservation();
        lastId = Math.max(lastId, greeting.getLastCommandId());
        hello = greeting;
        connections.incrementAndGet();
        send(
            CoordinatorMessage.newBuilder()
                .setWelcome(
                    Welcome.newBuilder()
                        .setTerm(term)
                        .setContractVersion(greeting.getContractVersion())
                        .setCluster("it")
                        .setTelemetryIntervalMillis(1000)
                        .setLeaseMillis(15_000))
                .build());
      }
      case OBSERVATION -> observation = message.getObservation();
      case OUTCOME -> {
        arrivedNanos.put(message.getOutcome().getCommandId(), System.nanoTime());
        outcomes.put(message.getOutcome().getCommandId(), message.getOutcome());
      }
      case PROGRESS -> progress.put(message.getProgress().getCommandId(), message.getProgress());
      case TELEMETRY -> samples.incrementAndGet();
      case ALERT, FREEZE, RECEIVED, DOMAIN_ANSWER, MESSAGE_NOT_SET -> {}
    }
  }

  private void send(CoordinatorMessage message) throws IOException {
    sendLine(JsonFormat.printer().omittingInsignificantWhitespace().print(message));
  }

  /** Drops the agent's connection, as a dead coordinator's would be; a new one is taken at once. */
  void cutConnection() throws IOException {
    sendLine(AgentDriver.CUT);
  }

  private synchronized void sendLine(String line) throws IOException {
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  Hello awaitHello(int connection) {
    await().atMost(PATIENCE).until(() -> connections.get() >= connection);
    return Objects.requireNonNull(hello);
  }

  /** Telemetry samples so far. */
  int samples() {
    return samples.get();
  }

  int connections() {
    return connections.get();
  }

  /** A command as a leader would send it now; ids grow by one. */
  Command command(boolean dryRun, PlannedAction... actions) {
    return Command.newBuilder()
        .setId(++lastId)
        .setTerm(term)
        .setStampMillis(stampMillis)
        .setStampBootId(Objects.requireNonNull(hello).getBootId())
        .setDeadlineMillis(15_000)
        .setDryRun(dryRun)
        .addAllActions(Arrays.asList(actions))
        .build();
  }

  void post(Command command) throws IOException {
    send(CoordinatorMessage.newBuilder().setCommand(command).build());
  }

  void acknowledge(long id) throws IOException {
    outcomes.remove(id);
    send(
        CoordinatorMessage.newBuilder()
            .setOutcomeAcknowledged(OutcomeAcknowledged.newBuilder().setCommandId(id))
            .build());
  }

  /** Sends a command and waits for what became of its actions. */
  List<Outcome> execute(Command command) throws IOException {
    outcomes.remove(command.getId());
    post(command);
    return awaitOutcome(command.getId());
  }

  /** As {@link #execute} for one action; tells the nanoseconds from departure to arrival. */
  Outcome executeTimed(Command command, LongConsumer nanos) throws IOException {
    long started = System.nanoTime();
    List<Outcome> seen = execute(command);
    nanos.accept(Objects.requireNonNull(arrivedNanos.get(command.getId())) - started);
    assertThat(seen).hasSize(1);
    return seen.getFirst();
  }

  List<Outcome> awaitOutcome(long id) {
    await().atMost(PATIENCE).until(() -> outcomes.containsKey(id));
    return Objects.requireNonNull(outcomes.get(id)).getOutcomesList();
  }

  /** Waits until the command has told that its guest's memory crosses the network. */
  CommandProgress awaitProgress(long id) {
    await()
        .atMost(PATIENCE)
        .until(() -> progress.containsKey(id) && progress.get(id).getProcessedBytes() > 0);
    return Objects.requireNonNull(progress.get(id));
  }

  void abort(long id) throws IOException {
    send(
        CoordinatorMessage.newBuilder()
            .setAbort(AbortCommand.newBuilder().setTerm(term).setCommandId(id))
            .build());
  }

  boolean hasOutcome(long id) {
    return outcomes.containsKey(id);
  }

  Observation observation() {
    return Objects.requireNonNull(observation);
  }

  Optional<Domain> domain(String name) {
    return observation().getDomainsList().stream().filter(d -> d.getName().equals(name)).findAny();
  }

  void setTerm(long newTerm) {
    term = newTerm;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    in.close();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
