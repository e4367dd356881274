package dev.ballast.coordinator.control;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.execution.ExecutionRefused;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.execution.ProgressListener;
import dev.ballast.coordinator.execution.VirtualLoop;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.core.balance.Relief;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three VMs with a store of its own, and operations that end when a test says so. */
abstract class ControlFixture {
  static final List<VmName> VMS = List.of(new VmName("a"), new VmName("b"), new VmName("c"));

  @TempDir Path stateDir;
  final VirtualLoop loop = new VirtualLoop(1_000_000);
  Database database;
  LeaderDatabase leader;
  Cluster cluster;
  ControlLoop control;

  final List<String> executed = new ArrayList<>();
  final List<ProgressListener> watchers = new ArrayList<>();
  boolean refusing;

  @BeforeEach
  void openCluster() {
    database = SqliteDatabase.open(stateDir);
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(0));
    new ClusterStore(leader).create("test", Automation.AUTO);
    cluster =
        new Cluster(ClusterStores.of(leader), leader.term(), new LoadHistory(), Clock.systemUTC());
    cluster.start();
  }

  @AfterEach
  void closeCluster() {
    cluster.close();
    database.close();
  }

  void connect(
      HostName host, HostInventory inventory, List<VmName> vms, Function<VmName, CpuPins> pins) {
    cluster
        .submit(
            new AgentConnected(
                host,
                new AgentInfo("1", 1, "boot", 0, 0, 0, new TreeSet<>(), false),
                inventory,
                Fixtures.observation(
                    1, vms.stream().map(vm -> Fixtures.domain(vm, pins.apply(vm))).toList())))
        .join();
  }

  /** All VMs are specified, and assigned to the host. */
  void assign(HostName host, Function<VmName, CpuPins> pins) {
    List<DesiredChange> desired = new ArrayList<>();
    for (VmName vm : VMS) {
      desired.add(new PutSpec(spec(vm)));
      desired.add(new PutAssignment(new Assignment(vm, host, pins.apply(vm), false)));
    }
    cluster.submit(new DesiredChanged(desired, "op-0")).join();
  }

  static VmSpec spec(VmName vm) {
    return new VmSpec(
        vm,
        1,
        128L << 20,
        CpuPolicy.SHARED,
        DomainType.AUTO,
        Optional.empty(),
        Optional.empty(),
        new BootSpec.Disk(),
        List.of(new DiskSpec("/srv/" + vm + ".qcow2", "qcow2", "none", false)),
        List.of(),
        Optional.empty(),
        new TreeSet<>(),
        new TreeSet<>(),
        RunState.RUNNING,
        Automation.AUTO,
        new TreeMap<>());
  }

  EventLog events() {
    return new EventLog(new EventStore(leader), Clock.systemUTC());
  }

  ControlLoop control(Relief relief) {
    ControlLoop made =
        new ControlLoop(
            cluster,
            ControlStores.of(leader),
            events(),
            this::run,
            relief,
            loop,
            ControlSettings.DEFAULT);
    made.start();
    return made;
  }

  CompletableFuture<String> run(String plan, boolean dryRun, ProgressListener listener) {
    if (refusing) {
      return CompletableFuture.failedFuture(
          new ExecutionRefused(ExecutionRefused.Kind.PRECONDITION, "domain/a is held by op-9"));
    }
    executed.add(plan);
    watchers.add(listener);
    return CompletableFuture.completedFuture("op-" + executed.size());
  }

  void end(OperationState state) {
    watchers
        .getLast()
        .onProgress(
            new Progress("op-" + executed.size(), state, 0, "", "", 1, 1, Optional.empty()));
    loop.run();
  }
}
