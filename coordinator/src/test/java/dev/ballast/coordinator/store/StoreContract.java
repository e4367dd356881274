package dev.ballast.coordinator.store;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.H2;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static dev.ballast.coordinator.Fixtures.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutHostSetting;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import dev.ballast.core.plan.DesiredChange.RemoveAssignment;
import dev.ballast.core.plan.DesiredChange.RemoveHostSetting;
import dev.ballast.core.plan.DesiredChange.RemoveKsm;
import dev.ballast.core.plan.DesiredChange.RemoveSpec;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine's store does; one subclass an engine. */
abstract class StoreContract {
  private static final long NOW = 1_700_000_000_000L;

  private Database database;
  private LeaderDatabase leader;

  /** Opens the same store again and again. */
  abstract Database open();

  @BeforeEach
  void lead() {
    database = open();
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(NOW));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void reopen() {
    database.close();
    lead();
  }

  @Test
  void eachLeaderTakesAHigherTerm() {
    assertThat(leader.term()).isEqualTo(new Term(1));
    reopen();
    assertThat(leader.term()).isEqualTo(new Term(2));
    assertThat(new LeadershipStore(database).lastTerm()).isEqualTo(2);
  }

  @Test
  void aDeposedLeaderWritesNothing() {
    LeaderDatabase deposed = leader;
    new LeadershipStore(database).take(NOW);
    DesiredStore desired = new DesiredStore(deposed);
    assertThatThrownBy(() -> desired.apply(List.of(new PutSpec(Fixtures.spec(WEB)))))
        .isInstanceOf(DeposedException.class)
        .hasMessageContaining("term 1 is deposed");
    assertThat(desired.specs()).isEmpty();
    assertThatThrownBy(
            () -> new CommandStore(deposed).create(H1, "op-1", CommandPurpose.UNDO, List.of(1)))
        .isInstanceOf(DeposedException.class);
    assertThat(database.problem()).isPresent();
  }

  @Test
  void aRaisedTermIsPassedByTheNextLeader() {
    LeadershipStore leadership = new LeadershipStore(database);
    leadership.noteReported(41);
    leadership.noteReported(7);
    assertThat(leadership.highestReported()).isEqualTo(41);
    leadership.raise(41);
    leadership.raise(3);
    reopen();
    assertThat(leader.term()).isEqualTo(new Term(42));
  }

  @Test
  void theClusterKeepsItsIdentity() {
    ClusterIdentity made = new ClusterStore(leader).create("lab", Automation.AUTO);
    reopen();
    ClusterStore cluster = new ClusterStore(leader);
    assertThat(cluster.identity()).contains(made);
    assertThat(cluster.create("lab", Automation.OFF)).isEqualTo(made);
    assertThat(cluster.automation()).isEqualTo(Automation.AUTO);
    cluster.setAutomation(Automation.RECOMMEND);
    assertThat(cluster.automation()).isEqualTo(Automation.RECOMMEND);
    assertThatThrownBy(() -> cluster.create("other", Automation.OFF))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("belongs to cluster 'lab'");
  }

  @Test
  void whatIsDesiredComesBackAsItWas() {
    List<DesiredChange> changes =
        List.of(
            new PutSpec(Fixtures.spec(WEB)),
            new PutAssignment(Fixtures.assignment(WEB, H1)),
            new PutKsm(H2, KSM_ON));
    new DesiredStore(leader).apply(changes);
    new DesiredStore(leader).apply(List.of(new PutAssignment(Fixtures.assignment(WEB, H2))));
    reopen();
    DesiredStore desired = new DesiredStore(leader);
    assertThat(desired.specs()).isEqualTo(Map.of(WEB, Fixtures.spec(WEB)));
    assertThat(desired.assignments()).isEqualTo(Map.of(WEB, Fixtures.assignment(WEB, H2)));
    assertThat(desired.ksm()).isEqualTo(Map.of(H2, KSM_ON));
    desired.apply(List.of(new RemoveSpec(WEB), new RemoveAssignment(WEB), new RemoveKsm(H2)));
    assertThat(desired.specs()).isEmpty();
    assertThat(desired.assignments()).isEmpty();
    assertThat(desired.ksm()).isEmpty();
  }

  @Test
  void thingsOfHostsComeBackAsTheyWere() {
    HostSetting few = new HostSetting.Hugepages(2L << 20, 0, 4);
    HostSetting many = new HostSetting.Hugepages(2L << 20, 0, 8);
    HostSetting reserved = new HostSetting.ReservedCpus(CpuSet.of(0));
    KsmSettings apart = KSM_ON.withMergeAcrossNodes(Optional.of(false));
    new DesiredStore(leader)
        .apply(
            List.of(
                new PutHostSetting(H1, few),
                new PutHostSetting(H1, many),
                new PutHostSetting(H1, reserved),
                new PutHostSetting(H2, few),
                new PutKsm(H1, apart)));
    reopen();
    DesiredStore desired = new DesiredStore(leader);
    assertThat(desired.settings())
        .isEqualTo(
            Map.of(
                H1,
                Map.of(many.key(), many, reserved.key(), reserved),
                H2,
                Map.of(few.key(), few)));
    assertThat(desired.ksm()).containsEntry(H1, apart);
    desired.apply(List.of(new RemoveHostSetting(H1, many.key())));
    assertThat(desired.settings().get(H1)).containsOnlyKeys(reserved.key());
  }

  @Test
  void whatIsAtomicIsDoneWholeOrNotAtAll() {
    DesiredStore desired = new DesiredStore(leader);
    PlanStore plans = new PlanStore(leader);
    assertThatThrownBy(
            () ->
                leader.atomically(
                    () -> {
                      desired.apply(List.of(new PutKsm(H1, KSM_ON)));
                      plans.add(Fixtures.plan("a"), PlanState.PLANNED, NOW);
                      throw new IllegalStateException("in the middle");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(desired.ksm()).isEmpty();
    assertThat(plans.newest(10)).isEmpty();
    String id =
        leader.atomically(
            () -> {
              desired.apply(List.of(new PutKsm(H1, KSM_ON)));
              return plans.add(Fixtures.plan("a"), PlanState.PLANNED, NOW);
            });
    assertThat(desired.ksm()).containsKey(H1);
    assertThat(plans.get(id)).isPresent();
  }

  @Test
  void hostsComeBackAsTheyWere() {
    StoredHost host =
        new StoredHost(
            H1,
            Fixtures.inventory(),
            Fixtures.observation(3),
            Automation.AUTO,
            true,
            "boot",
            "1.0",
            NOW);
    new HostStore(leader).put(host);
    reopen();
    HostStore hosts = new HostStore(leader);
    assertThat(hosts.all()).containsExactly(host);
    hosts.remove(H1);
    assertThat(hosts.all()).isEmpty();
  }

  @Test
  void freezesKeepTheirTimeAndTakeTheNewReason() {
    FreezeStore freezes = new FreezeStore(leader);
    List<Freeze.Scope> scopes =
        List.of(new Freeze.Scope.Cluster(), new Freeze.Scope.Host(H1), new Freeze.Scope.Vm(WEB));
    scopes.forEach(scope -> freezes.put(new Freeze(scope, "repair", NOW)));
    freezes.put(new Freeze(scopes.getFirst(), "longer repair", NOW + 5));
    assertThat(freezes.all())
        .containsExactly(
            new Freeze(scopes.get(0), "longer repair", NOW),
            new Freeze(scopes.get(1), "repair", NOW),
            new Freeze(scopes.get(2), "repair", NOW));
    freezes.remove(scopes.get(1));
    assertThat(freezes.all()).hasSize(2);
  }

  @Test
  void plansComeBackAsTheyWere() {
    Plan plan = Fixtures.plan("KSM on");
    String id = new PlanStore(leader).add(plan, PlanState.RECOMMENDED, NOW);
    reopen();
    PlanStore plans = new PlanStore(leader);
    assertThat(plans.get(id)).contains(new StoredPlan(id, plan, PlanState.RECOMMENDED, NOW));
    assertThat(plans.newest(5))
        .containsExactly(
            new PlanSummary(id, "KSM on", plan.origin(), 2, PlanState.RECOMMENDED, NOW));
    assertThat(plans.get("plan-99")).isEmpty();
    assertThat(plans.get("op-1")).isEmpty();
    assertThat(plans.get("plan-01")).isEmpty();
  }

  @Test
  void aPlanLeavesAStateOnlyOnce() {
    PlanStore plans = new PlanStore(leader);
    String id = plans.add(Fixtures.plan("a"), PlanState.PLANNED, NOW);
    assertThat(plans.setState(id, PlanState.PLANNED, PlanState.EXECUTED)).isTrue();
    assertThat(plans.setState(id, PlanState.PLANNED, PlanState.EXECUTED)).isFalse();
    assertThat(plans.get(id).orElseThrow().state()).isEqualTo(PlanState.EXECUTED);
  }

  @Test
  void operationsAndTheirStepsComeBack() {
    Plan plan = Fixtures.plan("KSM on");
    String id = new OperationStore(leader).start("plan-1", plan, false, Optional.of(7_000L), NOW);
    new OperationStore(leader).setStep(id, 1, StepState.SENT, Optional.empty());
    reopen();
    OperationStore operations = new OperationStore(leader);
    assertThat(id).isEqualTo("op-1");
    assertThat(operations.running()).extracting(StoredOperation::id).containsExactly(id);
    assertThat(operations.steps(id))
        .containsExactly(
            new StoredStep(1, H1, StepState.SENT, Optional.empty()),
            new StoredStep(2, H2, StepState.WAITING, Optional.empty()));
    Outcome applied = new Outcome.Applied("run=0", 12);
    operations.setStep(id, 1, StepState.ENDED, Optional.of(applied));
    operations.end(id, OperationState.UNDONE, "h2 refused", NOW + 9);
    assertThat(operations.steps(id).getFirst().outcome()).contains(applied);
    assertThat(operations.running()).isEmpty();
    assertThat(operations.get(id))
        .contains(
            new StoredOperation(
                id,
                "plan-1",
                "KSM on",
                plan.origin(),
                false,
                Optional.of(7_000L),
                OperationState.UNDONE,
                NOW,
                NOW + 9,
                "h2 refused"));
    assertThat(operations.newest(1)).hasSize(1);
  }

  @Test
  void commandIdsAreNeverGivenOutTwice() {
    CommandStore commands = new CommandStore(leader);
    assertThat(commands.create(H1, "op-1", CommandPurpose.EXECUTE, List.of(1, 2))).isEqualTo(1);
    assertThat(commands.create(H2, "op-1", CommandPurpose.EXECUTE, List.of(3))).isEqualTo(1);
    reopen();
    CommandStore again = new CommandStore(leader);
    assertThat(again.create(H1, "op-1", CommandPurpose.UNDO, List.of(1))).isEqualTo(2);
    again.raiseSequence(H1, 40);
    again.raiseSequence(H1, 12);
    assertThat(again.create(H1, "op-2", CommandPurpose.VERIFY, List.of(1))).isEqualTo(41);
    assertThat(again.ofOperation("op-1"))
        .extracting(StoredCommand::host, StoredCommand::id, StoredCommand::purpose)
        .containsExactly(
            tuple(H1, 1L, CommandPurpose.EXECUTE),
            tuple(H1, 2L, CommandPurpose.UNDO),
            tuple(H2, 1L, CommandPurpose.EXECUTE));
  }

  @Test
  void theFirstKnownOutcomeOfACommandCounts() {
    CommandStore commands = new CommandStore(leader);
    long id = commands.create(H1, "op-1", CommandPurpose.EXECUTE, List.of(1));
    commands.setReceived(H1, id);
    assertThat(commands.outstanding(H1)).extracting(StoredCommand::received).containsExactly(true);
    List<Outcome> unknown = List.of(new Outcome.Unknown("crashed"));
    List<Outcome> unchanged = List.of(new Outcome.Unchanged());
    assertThat(commands.setOutcomes(H1, id, unknown)).isTrue();
    assertThat(commands.outstanding(H1)).isEmpty();
    commands.setOutcomes(H1, id, unchanged);
    commands.setOutcomes(H1, id, List.of(new Outcome.Failed("late")));
    assertThat(commands.get(H1, id).orElseThrow().outcomes()).contains(unchanged);
    assertThat(commands.setOutcomes(H1, 77, unchanged)).isFalse();
    assertThat(commands.get(H1, 77)).isEmpty();
  }

  private static StoredEvent event(String text) {
    return new StoredEvent(
        0,
        NOW,
        "alert",
        Optional.of(H1),
        Optional.of(WEB),
        text,
        "op-1",
        new TreeMap<>(Map.of("t0", "1", "quote", "\"ä\"")));
  }

  @Test
  void eventsComeBackInOrder() {
    EventStore events = new EventStore(leader);
    StoredEvent first = events.append(event("one"));
    events.append(event("two"));
    StoredEvent bare =
        events.append(
            new StoredEvent(
                0, NOW, "x", Optional.empty(), Optional.empty(), "", "", new TreeMap<>()));
    assertThat(first.number()).isEqualTo(1);
    assertThat(events.newest(2)).extracting(StoredEvent::text).containsExactly("two", "");
    assertThat(events.after(1, 1)).extracting(StoredEvent::number).containsExactly(2L);
    assertThat(events.after(0, 9)).startsWith(first).endsWith(bare);
  }

  @Test
  void theOldestEventsAreForgotten() {
    EventStore events = new EventStore(leader, 10);
    leader.atomically(
        () -> {
          for (int i = 1; i <= EventStore.DELETE_BATCH; i++) {
            events.append(event("e" + i));
          }
        });
    assertThat(events.after(0, 100))
        .extracting(StoredEvent::number)
        .hasSize(10)
        .startsWith(EventStore.DELETE_BATCH - 9L);
  }

  @Test
  void decisionsAreBoundedByVm() {
    DecisionStore decisions = new DecisionStore(leader);
    VmName other = new VmName("db-1");
    leader.atomically(
        () -> {
          decisions.append(
              new StoredDecision(Fixtures.decision(Optional.of(other), "first"), NOW, ""));
          for (int i = 1; i <= DecisionStore.DECISION_LIMIT + 5; i++) {
            decisions.append(
                new StoredDecision(Fixtures.decision(Optional.of(WEB), "r" + i), NOW, "op-1"));
          }
        });
    List<StoredDecision> kept = decisions.newest(WEB, 1_000);
    assertThat(kept).hasSize(DecisionStore.DECISION_LIMIT);
    assertThat(kept.getFirst())
        .isEqualTo(
            new StoredDecision(
                Fixtures.decision(Optional.of(WEB), "r" + (DecisionStore.DECISION_LIMIT + 5)),
                NOW,
                "op-1"));
    assertThat(decisions.newest(other, 10)).hasSize(1);
  }
}
