package dev.ballast.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.PlanAdoptRequest;
import dev.ballast.v1.PlanAdoptResponse;
import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SpecFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adoption from an observe-only host with two domains, of which one is marked by Ballast. */
class AdoptionsTest {
  private static final String WEB =
      "<domain type='qemu'><name>web</name><uuid>5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01</uuid>"
          + "<memory>131072</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>";

  @TempDir private Path stateDir;
  private final FakeDefinitions definitions = new FakeDefinitions();
  private Database database;
  private LeaderDatabase leader;
  private Cluster cluster;
  private Plans plans;
  private Adoptions adoptions;

  @BeforeEach
  void start() throws Exception {
    Clock clock = Clock.systemUTC();
    database = SqliteDatabase.open(stateDir);
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(clock.millis()));
    new ClusterStore(leader).create("test", Automation.RECOMMEND);
    cluster = new Cluster(ClusterStores.of(leader), leader.term(), new LoadHistory(), clock);
    cluster.start();
    EventLog events = new EventLog(new EventStore(leader), clock);
    plans =
        new Plans(
            cluster, ApiStores.of(leader), events, () -> "alice", PlanningPolicy.DEFAULT, clock);
    adoptions = new Adoptions(cluster, definitions, plans);
    definitions.xmls.put("web", WEB);
    AgentInfo observer = new AgentInfo("1", 1, "boot", 0, 0, 0, new TreeSet<>(), true);
    cluster
        .submit(
            new AgentConnected(
                Fixtures.H1,
                observer,
                Fixtures.inventory(),
                Fixtures.observation(
                    1,
                    List.of(
                        web(),
                        Fixtures.domain(new VmName("ours"), CpuPins.uniform(1, CpuSet.of(0)))))))
        .join();
  }

  @AfterEach
  void stop() {
    cluster.close();
    database.close();
  }

  private static ObservedDomain web() throws Exception {
    CpuPins pins = CpuPins.uniform(2, CpuSet.range(0, 1));
    return new ObservedDomain(
        new VmName("web"),
        "5a8f0b8e-9d0c-4d4f-8a52-6d4b8f0d9a01",
        DomainState.RUNNING,
        2,
        128L << 20,
        DomainDefinition.parse(WEB).configDigest(),
        Optional.of(pins),
        Optional.of(pins),
        Optional.empty());
  }

  private PlanAdoptResponse adopt(String... vms) {
    return adoptions.adopt(
        PlanAdoptRequest.newBuilder().setHost("h1").addAllVms(List.of(vms)).build());
  }

  @Test
  void allThatCanBeAdoptedIsAndTheRestIsTold() {
    definitions.leftOut.add("domain 'a b': its name is none that Ballast can use");

    PlanAdoptResponse response = adopt();

    assertThat(response.getPlan().getPlanId()).isNotEmpty();
    assertThat(response.getPlan().getStepsCount()).isZero();
    assertThat(response.getFilesList()).extracting(SpecFile::getPath).containsExactly("web.yaml");
    assertThat(response.getLeftAloneList())
        .hasSize(2)
        .anyMatch(why -> why.startsWith("ours: bears the mark of Ballast"))
        .contains("domain 'a b': its name is none that Ballast can use");
    assertThat(definitions.asked).containsExactly("h1/web");
  }

  @Test
  void whatWasAdoptedNeedsNothingAfterwards() {
    PlanAdoptResponse response = adopt("web");
    var stored = ApiStores.of(leader).plans().get(response.getPlan().getPlanId()).orElseThrow();
    cluster.submit(new DesiredChanged(stored.plan().changes(), "op-1")).join();

    PlanResponse again =
        plans.apply(PlanApplyRequest.newBuilder().addFiles(response.getFiles(0)).build());

    assertThat(again.getFaultsList()).isEmpty();
    assertThat(again.getProblemsList()).isEmpty();
    assertThat(again.getPlanId()).isEmpty();
    assertThat(DriftDetector.detect(cluster.snapshot())).isEmpty();
    assertThat(adopt().getFilesCount()).isZero();
    assertThat(adopt("web").getPlan().getProblems(0)).contains("web: is specified already");
  }

  @Test
  void anObserveOnlyHostIsNeverPlannedFor() {
    PlanAdoptResponse response = adopt("web");
    var stored = ApiStores.of(leader).plans().get(response.getPlan().getPlanId()).orElseThrow();
    cluster.submit(new DesiredChanged(stored.plan().changes(), "op-1")).join();
    SpecFile larger =
        response.getFiles(0).toBuilder()
            .setContent(response.getFiles(0).getContent().replace("128MiB", "256MiB"))
            .build();

    PlanResponse refused = plans.apply(PlanApplyRequest.newBuilder().addFiles(larger).build());

    assertThat(refused.getPlanId()).isEmpty();
    assertThat(refused.getProblemsList()).anyMatch(problem -> problem.contains("only observed"));
  }

  @Test
  void whatWasAskedForByNameIsRefusedAsAWhole() {
    definitions.xmls.clear();

    PlanAdoptResponse refused = adopt("web", "nobody", "a b");

    assertThat(refused.getPlan().getProblemsList())
        .hasSize(3)
        .anyMatch(problem -> problem.equals("web: is transient"))
        .anyMatch(problem -> problem.startsWith("nobody: is no domain of h1"))
        .anyMatch(problem -> problem.startsWith("'a b': no specification may have that name"));
    assertThat(refused.getFilesCount()).isZero();
  }

  @Test
  void aSilentAgentIsAProblem() {
    definitions.silence = Optional.of("host h1 did not answer");

    assertThat(adopt().getPlan().getProblemsList()).containsExactly("host h1 did not answer");
    assertThat(cluster.snapshot().hosts()).containsKey(new HostName("h1"));
  }
}
