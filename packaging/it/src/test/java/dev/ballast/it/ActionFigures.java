package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.v1.Action;
import dev.ballast.v1.CpuPins;
import dev.ballast.v1.CpuQuota;
import dev.ballast.v1.DefineDomain;
import dev.ballast.v1.DestroyDomain;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainRecord;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Expectation;
import dev.ballast.v1.NoDomain;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PinCpus;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.SetLimits;
import dev.ballast.v1.StartDomain;
import dev.ballast.v1.UndefineDomain;
import dev.ballast.v1.VmLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How long each action takes on real parts, against the same change by {@code virsh} or {@code
 * ovs-vsctl} in the same run. No test of the product: {@code packaging/bench/actions.sh} runs it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActionFigures {
  private static final String HOST = "h1";
  private static final String VM = "fig-1";
  private static final String DIGEST = "d".repeat(64);
  private static final String BRIDGE = "brfig";
  private static final int ROUNDS = Integer.getInteger("ballast.figures.rounds", 40);

  private final Lab lab = Lab.up(1);
  private final List<String> table = new ArrayList<>();
  private LoneAgent agent;
  private @Nullable CpuPins lastPins;
  private FakeCoordinator coordinator;

  /** Microseconds: in the agent, and from the command's departure to its outcome. */
  private record Sample(long inAgent, long whole) {}

  @BeforeAll
  void start() throws IOException {
    lab.clear(HOST);
    agent = LoneAgent.start(lab, HOST);
    coordinator = agent.coordinator();
    coordinator.awaitHello(1);
    table.add(
        "%-28s %12s %12s %12s %12s %12s %12s"
            .formatted(
                "action (ms)",
                "agent p50",
                "agent p99",
                "whole p50",
                "whole p99",
                "tool p50",
                "tool p99"));
  }

  @AfterAll
  void stop() throws IOException {
    lab.clear(HOST);
    agent.close();
    Files.writeString(Path.of(System.getProperty("ballast.figures.out")), String.join("\n", table));
  }

  @Test
  void eachAction() throws IOException {
    IntFunction<PlannedAction> define = i -> define("fig-" + i);
    report("define", samples(100, define), tool("virsh -q define $tmp", 200, this::xmlOf));
    report(
        "undefine",
        samples(100, i -> undefine("fig-" + i)),
        tool("virsh -q undefine fig-$i", 200, this::xmlOf));
    guest();
    report(
        "pin, live and persistent",
        samples(0, i -> now(pin(i % 2))),
        tool(
            "virsh -q \"vcpupin "
                + VM
                + " 0 $((i % 2)) --live --config; emulatorpin "
                + VM
                + " $((i % 2)) --live --config\"",
            0,
            i -> ""));
    report(
        "limits, live and persistent",
        samples(0, i -> now(limits(50 + i % 2))),
        tool(
            "virsh -q schedinfo " + VM + " --live --config --set vcpu_quota=$((50000 + i % 2))",
            0,
            i -> ""));
    List<List<Sample>> life = startAndDestroy();
    List<List<Long>> byTool = startAndDestroyByTool();
    report("start (firmware only)", life.get(0), byTool.get(0));
    report("destroy", life.get(1), byTool.get(1));
    report(
        "bridge made, then removed",
        samples(0, i -> Requests.bridge(BRIDGE, i % 2 == 0)),
        tool("ovs-vsctl $([ $((i % 2)) = 0 ] && echo add-br || echo del-br) brtool", 0, i -> ""));
    table.forEach(System.out::println);
  }

  private List<Sample> samples(int from, IntFunction<PlannedAction> action) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (int i = from; i < from + ROUNDS; i++) {
      samples.add(once(action.apply(i)));
    }
    return samples;
  }

  private Sample once(PlannedAction action) throws IOException {
    long[] whole = new long[1];
    Outcome outcome =
        coordinator.executeTimed(coordinator.command(false, action), nanos -> whole[0] = nanos);
    assertThat(outcome.hasApplied()).as("%s", outcome).isTrue();
    return new Sample(outcome.getApplied().getMicros(), whole[0] / 1_000);
  }

  /** Microseconds of each run of a command in the host, timed there, in one shell. */
  private List<Long> tool(String command, int from, IntFunction<String> file) throws IOException {
    Path directory = Files.createTempDirectory("ballast-figures");
    try {
      for (int i = from; i < from + ROUNDS; i++) {
        Files.writeString(directory.resolve(Integer.toString(i)), file.apply(i));
      }
      String script =
          "set -e; for ((i = "
              + from
              + "; i < "
              + (from + ROUNDS)
              + "; i++)); do tmp="
              + directory
              + "/$i; s=$EPOCHREALTIME; "
              + command
              + " >/dev/null; e=$EPOCHREALTIME; echo $((${e/./} - ${s/./})); done";
      return lab.exec(HOST, "bash", "-c", script).orFail().lines().map(Long::valueOf).toList();
    } finally {
      Programs.deleteTree(directory);
    }
  }

  private void report(String name, List<Sample> ours, List<Long> tools) {
    List<Long> inAgent = ours.stream().map(Sample::inAgent).toList();
    List<Long> whole = ours.stream().map(Sample::whole).toList();
    StringBuilder line = new StringBuilder("%-28s".formatted(name));
    for (List<Long> each : List.of(inAgent, whole, tools)) {
      for (double quantile : new double[] {0.5, 0.99}) {
        line.append(String.format(Locale.ROOT, " %12.1f", quantile(each, quantile) / 1_000.0));
      }
    }
    table.add(line.toString());
  }

  private static long quantile(List<Long> values, double quantile) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(quantile * sorted.size()) - 1);
  }

  private String xmlOf(int i) {
    return agent.domainXml("fig-" + i, DIGEST);
  }

  private PlannedAction define(String vm) {
    DefineDomain define =
        DefineDomain.newBuilder()
            .setVm(vm)
            .setXml(agent.domainXml(vm, DIGEST))
            .setSpecDigest(DIGEST)
            .build();
    return planned(
        Action.newBuilder().setDefineDomain(define).build(),
        Expectation.newBuilder().setNoDomain(NoDomain.newBuilder()).build());
  }

  private PlannedAction undefine(String vm) {
    UndefineDomain undefine = UndefineDomain.newBuilder().setVm(vm).build();
    return now(vm, Action.newBuilder().setUndefineDomain(undefine).build());
  }

  private void guest() throws IOException {
    once(define(VM));
    await().atMost(Duration.ofSeconds(30)).until(() -> coordinator.domain(VM).isPresent());
    once(now(startAction()));
    awaitState(DomainState.DOMAIN_STATE_RUNNING);
  }

  private List<List<Sample>> startAndDestroy() throws IOException {
    List<Sample> starts = new ArrayList<>();
    List<Sample> ends = new ArrayList<>();
    Action destroy =
        Action.newBuilder().setDestroyDomain(DestroyDomain.newBuilder().setVm(VM)).build();
    for (int i = 0; i < ROUNDS / 2; i++) {
      ends.add(once(now(destroy)));
      awaitState(DomainState.DOMAIN_STATE_SHUT_OFF);
      starts.add(once(now(startAction())));
      awaitState(DomainState.DOMAIN_STATE_RUNNING);
    }
    return List.of(starts, ends);
  }

  private List<List<Long>> startAndDestroyByTool() {
    String script =
        "set -e; for ((i = 0; i < "
            + ROUNDS / 2
            + "; i++)); do a=$EPOCHREALTIME; virsh -q destroy "
            + VM
            + " >/dev/null; b=$EPOCHREALTIME; sleep 0.5; c=$EPOCHREALTIME; virsh -q start "
            + VM
            + " >/dev/null; d=$EPOCHREALTIME;"
            + " echo $((${d/./} - ${c/./})) $((${b/./} - ${a/./})); sleep 0.5; done";
    List<String[]> lines =
        lab.exec(HOST, "bash", "-c", script).orFail().lines().map(l -> l.split(" ", 2)).toList();
    return List.of(
        lines.stream().map(l -> Long.valueOf(l[0])).toList(),
        lines.stream().map(l -> Long.valueOf(l[1])).toList());
  }

  private void awaitState(DomainState state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                coordinator
                    .domain(VM)
                    .filter(domain -> domain.getState() == state)
                    .filter(
                        domain -> state != DomainState.DOMAIN_STATE_RUNNING || domain.hasLivePins())
                    .isPresent());
  }

  private static Action startAction() {
    return Action.newBuilder().setStartDomain(StartDomain.newBuilder().setVm(VM)).build();
  }

  private static Action pin(int cpu) {
    String set = Integer.toString(cpu);
    return Action.newBuilder()
        .setPinCpus(
            PinCpus.newBuilder()
                .setVm(VM)
                .setPins(CpuPins.newBuilder().addVcpus(set).setEmulator(set)))
        .build();
  }

  private static Action limits(int quotaMillis) {
    CpuQuota quota =
        CpuQuota.newBuilder().setQuotaMicros(quotaMillis * 1_000L).setPeriodMicros(100_000).build();
    VmLimits limits = VmLimits.newBuilder().setCpuWeight(100).setVcpuQuota(quota).build();
    return Action.newBuilder()
        .setSetLimits(SetLimits.newBuilder().setVm(VM).setLimits(limits))
        .build();
  }

  private PlannedAction now(Action action) {
    return now(VM, action);
  }

  /** Expects the domain as it is once the last pins have been seen; limits are not compared. */
  private PlannedAction now(String vm, Action action) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> coordinator.domain(vm).filter(this::showsLastPins).isPresent());
    Domain domain = coordinator.domain(vm).orElseThrow();
    DomainRecord.Builder seen =
        DomainRecord.newBuilder()
            .setUuid(domain.getUuid())
            .setState(domain.getState())
            .setConfigDigest(domain.getConfigDigest());
    if (domain.hasConfigPins()) {
      seen.setConfigPins(domain.getConfigPins());
    }
    if (domain.hasLivePins()) {
      seen.setLivePins(domain.getLivePins());
    }
    if (action.hasPinCpus()) {
      lastPins = action.getPinCpus().getPins();
    }
    return planned(action, Expectation.newBuilder().setDomain(seen).build());
  }

  private boolean showsLastPins(Domain domain) {
    return lastPins == null
        || domain.getState() != DomainState.DOMAIN_STATE_RUNNING
        || (lastPins.equals(domain.getConfigPins()) && lastPins.equals(domain.getLivePins()));
  }

  private static PlannedAction planned(Action action, Expectation expectation) {
    return PlannedAction.newBuilder().setAction(action).setExpectation(expectation).build();
  }
}
