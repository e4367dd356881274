package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.execution.Executor;
import dev.ballast.coordinator.store.Freeze.Scope;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.v1.AbortOperationResponse;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.v1.SetAutomationResponse;
import dev.ballast.v1.SetCordonRequest;
import dev.ballast.v1.SetCordonResponse;
import dev.ballast.v1.SetFreezeRequest;
import dev.ballast.v1.SetFreezeResponse;
import dev.ballast.wire.EnumCodec;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What operators decide about automation and freeze, with a trail of who did. */
final class Administration {
  private static final int REASON_LIMIT = 1_000;
  private static final long WRITE_SECONDS = 10;

  private final Cluster cluster;
  private final EventLog events;
  private final Operators operators;

  Administration(Cluster cluster, EventLog events, Operators operators) {
    this.cluster = cluster;
    this.events = events;
    this.operators = operators;
  }

  SetFreezeResponse freeze(SetFreezeRequest request) {
    if (!request.getHost().isEmpty() && !request.getVm().isEmpty()) {
      throw Problem.invalid("freeze a host or a VM, not both in one call");
    }
    if (request.getReason().length() > REASON_LIMIT) {
      throw Problem.invalid("a reason has at most " + REASON_LIMIT + " characters");
    }
    Scope scope = scope(request, cluster.snapshot());
    submit(new FreezeSet(scope, request.getFrozen(), request.getReason()));
    String what = words(scope) + (request.getFrozen() ? " is frozen" : " is no longer frozen");
    audit(host(scope), vm(scope), what);
    return SetFreezeResponse.newBuilder().setText(what).build();
  }

  private static Scope scope(SetFreezeRequest request, Snapshot snapshot) {
    if (!request.getHost().isEmpty()) {
      return new Scope.Host(Inventories.knownHost(snapshot, request.getHost()).name());
    }
    if (request.getVm().isEmpty()) {
      return new Scope.Cluster();
    }
    VmName vm = new VmName(request.getVm());
    boolean known =
        snapshot.specs().containsKey(vm)
            || snapshot.frozenVms().contains(vm)
            || snapshot.hosts().values().stream().anyMatch(h -> h.domains().containsKey(vm));
    if (!known) {
      throw Problem.notFound("there is no VM '" + vm + "'; 'ballast vms' lists them");
    }
    return new Scope.Vm(vm);
  }

  private static String words(Scope scope) {
    return switch (scope) {
      case Scope.Cluster() -> "the cluster";
      case Scope.Host(HostName host) -> "host " + host;
      case Scope.Vm(VmName vm) -> "VM " + vm;
    };
  }

  private static Optional<HostName> host(Scope scope) {
    return scope instanceof Scope.Host(HostName host) ? Optional.of(host) : Optional.empty();
  }

  private static Optional<VmName> vm(Scope scope) {
    return scope instanceof Scope.Vm(VmName vm) ? Optional.of(vm) : Optional.empty();
  }

  SetAutomationResponse automation(SetAutomationRequest request) {
    Automation automation = EnumCodec.fromProto(request.getAutomation());
    Optional<HostName> host =
        request.getHost().isEmpty()
            ? Optional.empty()
            : Optional.of(Inventories.knownHost(cluster.snapshot(), request.getHost()).name());
    submit(new AutomationSet(host, automation));
    String what =
        "automation of "
            + host.map(name -> "host " + name).orElse("the cluster")
            + " is "
            + automation.name().toLowerCase(Locale.ROOT);
    audit(host, Optional.empty(), what);
    return SetAutomationResponse.newBuilder().setText(what).build();
  }

  SetCordonResponse cordon(SetCordonRequest request) {
    HostName host = Inventories.knownHost(cluster.snapshot(), request.getHost()).name();
    submit(new ClusterEvent.CordonSet(host, request.getCordoned()));
    String what =
        "host "
            + host
            + (request.getCordoned()
                ? " is cordoned: no VM comes to it, those on it stay"
                : " is no longer cordoned");
    audit(Optional.of(host), Optional.empty(), what);
    return SetCordonResponse.newBuilder().setText(what).build();
  }

  AbortOperationResponse abort(Executor executor, String operationId) {
    String text =
        executor
            .abort(operationId, operators.current())
            .orTimeout(WRITE_SECONDS, TimeUnit.SECONDS)
            .join();
    audit(Optional.empty(), Optional.empty(), "aborts " + operationId);
    return AbortOperationResponse.newBuilder().setText(text).build();
  }

  /** Leaves a trail of a call that changes something. */
  void audit(Optional<HostName> host, Optional<VmName> vm, String what) {
    String operator = operators.current();
    events.append("audit", host, vm, operator + ": " + what, Map.of("operator", operator));
  }

  private void submit(ClusterEvent event) {
    cluster.submit(event).orTimeout(WRITE_SECONDS, TimeUnit.SECONDS).join();
  }
}
