package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.util.JsonFormat;
import dev.ballast.v1.DiagnoseRequest;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.ListOperationsResponse;
import dev.ballast.v1.ListPlansResponse;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.WatchEventsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the listings print, in all their forms. */
class ListingTest {
  private final CliRun cli = new CliRun();

  @AfterEach
  void close() {
    cli.close();
  }

  @ParameterizedTest
  @CsvSource({
    "status, table, 0",
    "status, wide, 0",
    "status, json, 0",
    "status, yaml, 0",
    "hosts, table, 0",
    "hosts, wide, 0",
    "hosts, json, 0",
    "hosts, yaml, 0",
    "hosts h1, table, 0",
    "vms, table, 0",
    "vms, wide, 0",
    "vms, json, 0",
    "vms, yaml, 0",
    "topology h1, table, 0",
    "topology h1, json, 0",
    "plans, table, 0",
    "plans, wide, 0",
    "plans, json, 0",
    "plans, yaml, 0",
    "plans plan-5, table, 0",
    "operations, table, 0",
    "operations, wide, 0",
    "operations, json, 0",
    "operations, yaml, 0",
    "operations op-7, table, 0",
    "operations op-7, yaml, 0",
    "drift, table, 5",
    "drift, wide, 5",
    "drift, json, 5",
    "drift, yaml, 5",
    "doctor, table, 5",
    "doctor, wide, 5",
    "doctor, json, 5",
    "doctor --plan, table, 5",
    "doctor --rules, table, 0",
    "explain web-1, table, 0",
    "explain web-1, json, 0",
    "events, table, 0",
    "events, wide, 0",
    "events, json, 0",
    "events, yaml, 0"
  })
  void isAsCommitted(String command, String format, int exit) {
    String[] words = (command + " -o " + format).split(" ");
    CliRun.Result result = cli.run(words);
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isEqualTo(exit);
    Golden.check(command.replace(' ', '-') + "." + format, result.out());
  }

  @Test
  void topPrintsOnceAsCommitted() {
    CliRun.Result result = cli.run("top", "--once");
    assertThat(result.exit()).isZero();
    Golden.check("top.table", result.out());
  }

  @Test
  void helpIsAsCommitted() {
    CliRun.Result result = cli.run("--help");
    assertThat(result.exit()).isZero();
    Golden.check("help.txt", result.out());
    assertThat(cli.run("plan", "--help").out()).contains("Exit codes:").contains("5   there are");
  }

  @Test
  void documentsHoldTheWholeAnswer() throws Exception {
    String json = cli.run("hosts", "-o", "json").out();
    ListHostsResponse.Builder read = ListHostsResponse.newBuilder();
    JsonFormat.parser().merge(json, read);
    assertThat(read.build()).isEqualTo(cli.coordinator.hosts);
    String yaml = cli.run("hosts", "-o", "yaml").out();
    assertThat(new YAMLMapper().readTree(yaml)).isEqualTo(new ObjectMapper().readTree(json));
  }

  @Test
  void coloursStandOnlyOnTerminals() {
    assertThat(cli.run("hosts").out()).doesNotContain("\u001b");
    assertThat(cli.runLive("hosts").out()).contains("\u001b[32mconnected");
    Golden.check("hosts-live.txt", cli.runLive("hosts").out());
    Golden.check("topology-live.txt", cli.runLive("topology", "h1").out());
  }

  @Test
  void controlCharactersOfOthersAreNotPrinted() {
    assertThat(cli.run("events").out()).contains("relieved in 4.2 s?[31m").doesNotContain("\u001b");
  }

  @Test
  void emptyListingsSayWhatToDo() {
    cli.coordinator.hosts = ListHostsResponse.getDefaultInstance();
    cli.coordinator.vms = ListVmsResponse.getDefaultInstance();
    cli.coordinator.plans = ListPlansResponse.getDefaultInstance();
    cli.coordinator.operations = ListOperationsResponse.getDefaultInstance();
    assertThat(cli.run("hosts").out()).contains("ballast-agent run");
    assertThat(cli.run("vms").out()).contains("ballast apply -f");
    assertThat(cli.run("plans").out()).isEqualTo("No plan is stored.\n");
    assertThat(cli.run("operations").out()).isEqualTo("Nothing was done yet.\n");
    CliRun.Result drift = cli.run("drift");
    assertThat(drift.out()).isEqualTo("No drift.\n");
    assertThat(drift.exit()).isZero();
    cli.coordinator.diagnosis = cli.coordinator.diagnosis.toBuilder().clearFindings().build();
    CliRun.Result doctor = cli.run("doctor");
    assertThat(doctor.out()).isEqualTo("3 rules on 2 hosts: 0 to mend, 0 to know\n");
    assertThat(doctor.exit()).isZero();
  }

  @Test
  void doctorAsksForWhatWasWantedAndInfosAloneMendNothing() {
    cli.coordinator.diagnosis = cli.coordinator.diagnosis.toBuilder().removeFindings(0).build();
    assertThat(cli.run("doctor", "h1", "h2", "--rule", "BL001").exit()).isZero();
    DiagnoseRequest request = cli.coordinator.request(DiagnoseRequest.class);
    assertThat(request.getHostsList()).containsExactly("h1", "h2");
    assertThat(request.getRulesList()).containsExactly("BL001");
  }

  @Test
  void eventsAskForWhatWasWanted() {
    cli.run("events", "-w", "--past", "7");
    WatchEventsRequest request = cli.coordinator.request(WatchEventsRequest.class);
    assertThat(request.getFollow()).isTrue();
    assertThat(request.getPast()).isEqualTo(7);
    assertThat(cli.run("events", "--past", "0").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void topologyOfAnUnknownHostIsWrongUsage() {
    CliRun.Result result = cli.run("topology", "h9");
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .isEqualTo("ballast: there is no host 'h9': 'ballast hosts' lists them\n");
  }
}
