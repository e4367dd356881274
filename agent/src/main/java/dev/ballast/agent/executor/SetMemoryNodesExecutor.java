package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.kernel.NodeMemory;
import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Sets the nodes of the running domain's memory, whole, and then those of its configuration. The
 * kernel moves the pages while the nodes are written; what it leaves behind is measured and told.
 */
final class SetMemoryNodesExecutor implements ActionExecutor {
  private final SetMemoryNodes action;
  private String remark = "";

  SetMemoryNodesExecutor(SetMemoryNodes action) {
    this.action = action;
  }

  @Override
  public SetMemoryNodes action() {
    return action;
  }

  @Override
  public String remark() {
    return remark;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return because("there is no domain " + action.vm());
    }
    if (!present.persistent() || present.configTuning().isEmpty()) {
      return because("domain " + action.vm() + " is transient: it has no configuration");
    }
    Optional<MemoryNodes> found = config(present);
    if (!found.equals(action.from()) && !found.equals(Optional.of(action.to()))) {
      return Optional.of(
          new Illegal(
              RefusalReason.STALE,
              "configMemory: expected " + words(action.from()) + ", found " + words(found)));
    }
    return moves(present) ? running(present, host) : Optional.empty();
  }

  private static Optional<Illegal> because(String detail) {
    return Optional.of(Illegal.of(detail));
  }

  private static String words(Optional<MemoryNodes> nodes) {
    return nodes.map(MemoryNodes::toString).orElse("none");
  }

  private Optional<Illegal> running(DomainPresent present, HostReader host) {
    String tied = present.liveTuning().map(Tuning::tied).orElse("");
    if (!tied.isEmpty()) {
      return because("the memory of " + action.vm() + " cannot move while it runs: " + tied);
    }
    if (!host.liveMemory().migrates(action.vm())) {
      return because(
          "the pages of "
              + action.vm()
              + " would stay: cpuset.memory_migrate of its control group is not 1");
    }
    Optional<ProcessMemory> memory = host.liveMemory().memory(action.vm());
    if (memory.isEmpty()) {
      return because("where the memory of " + action.vm() + " lies cannot be read");
    }
    return room(memory.get().smallBytes(), NodeMemory.MARGIN_BYTES, false, host)
        .or(() -> room(memory.get().hugeBytes(), 0, true, host));
  }

  private Optional<Illegal> room(
      SortedMap<Integer, Long> bytes, long marginBytes, boolean huge, HostReader host) {
    long outside = outside(bytes);
    if (outside == 0) {
      return Optional.empty();
    }
    long free =
        action.to().nodes().stream()
            .mapToLong(node -> host.liveMemory().freeBytes(node, huge))
            .sum();
    return outside + marginBytes <= free
        ? Optional.empty()
        : because(
            "nodes %s have %d MiB free%s, what moves there and a margin take %d MiB"
                .formatted(
                    action.to().nodes(),
                    free >> 20,
                    huge ? " in hugepages" : "",
                    (outside + marginBytes) >> 20));
  }

  private long outside(SortedMap<Integer, Long> bytes) {
    return bytes.entrySet().stream()
        .filter(entry -> !action.to().nodes().contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue())
        .sum();
  }

  private static Optional<MemoryNodes> config(DomainPresent present) {
    return present.configTuning().flatMap(Tuning::memory);
  }

  /** The running domain's nodes, where they can be changed. */
  private Optional<MemoryNodes> live(DomainPresent present) {
    return present.active() && action.to().mode() == MemoryMode.RESTRICTIVE
        ? present
            .liveTuning()
            .flatMap(Tuning::memory)
            .filter(nodes -> nodes.mode() == MemoryMode.RESTRICTIVE)
        : Optional.empty();
  }

  private boolean moves(DomainPresent present) {
    return live(present).filter(nodes -> !nodes.equals(action.to())).isPresent();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && config(present).equals(Optional.of(action.to()))
        && !moves(present);
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return state;
    }
    Optional<MemoryNodes> to = Optional.of(action.to());
    Optional<Tuning> config = present.configTuning().map(t -> t.withMemory(to));
    Optional<Tuning> live =
        live(present).isPresent()
            ? present.liveTuning().map(t -> t.withMemory(to))
            : present.liveTuning();
    return present.withTuning(config, live, HostReader.withLimits(present.domain(), config, live));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old)) {
      throw new ExecutionFault("there is no domain " + action.vm());
    }
    boolean moved = moves(old);
    write(old, action.to(), writer);
    ObjectState after = host.domain(action.vm());
    if (!atTarget(after)) {
      throw new ExecutionFault("its memory reads back as " + after.describe());
    }
    if (moved) {
      remark = left(host);
    }
  }

  private void write(DomainPresent now, MemoryNodes to, HostWriter writer) throws LibvirtFault {
    String name = action.vm().value();
    if (live(now).filter(nodes -> !nodes.equals(to)).isPresent()) {
      writer.libvirt().setNumaNodes(name, "", to.nodes(), PinScope.LIVE);
    }
    if (!config(now).equals(Optional.of(to))) {
      writer.libvirt().setNumaNodes(name, to.mode().word(), to.nodes(), PinScope.CONFIG);
    }
  }

  private String left(HostReader host) {
    return host.liveMemory()
        .memory(action.vm())
        .map(
            memory ->
                "; %d of %d MiB lie on other nodes now"
                    .formatted(
                        (outside(memory.smallBytes()) + outside(memory.hugeBytes())) >> 20,
                        memory.totalBytes() >> 20))
        .orElse("");
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (!(before instanceof DomainPresent old)
        || !(now instanceof DomainPresent found)
        || !old.domain().uuid().equals(found.domain().uuid())) {
      return Standing.FOREIGN;
    }
    boolean both = old.active() && found.active();
    boolean sameLive = !both || live(found).equals(live(old));
    if (config(found).equals(config(old)) && sameLive) {
      return Standing.BEFORE;
    }
    Optional<MemoryNodes> to = Optional.of(action.to());
    boolean ownConfig = config(found).equals(config(old)) || config(found).equals(to);
    boolean ownLive = sameLive || live(found).equals(to);
    return ownConfig && ownLive ? Standing.OWN_STEP : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old)
        || !(host.domain(action.vm()) instanceof DomainPresent now)) {
      throw new ExecutionFault("no nodes to restore");
    }
    Optional<MemoryNodes> former = live(old);
    if (former.isPresent() && live(now).isPresent() && !live(now).equals(former)) {
      writer.libvirt().setNumaNodes(action.vm().value(), "", former.get().nodes(), PinScope.LIVE);
    }
    if (!config(now).equals(config(old))) {
      restore(old, writer);
    }
    ObjectState after = host.domain(action.vm());
    if (standing(before, after) != Standing.BEFORE) {
      throw new ExecutionFault("after undo its memory reads back as " + after.describe());
    }
  }

  /** libvirt cannot take a configuration's nodes away: then it is defined again as it was. */
  private void restore(DomainPresent old, HostWriter writer) throws LibvirtFault, ExecutionFault {
    Optional<MemoryNodes> former = config(old);
    if (former.isPresent()) {
      writer
          .libvirt()
          .setNumaNodes(
              action.vm().value(),
              former.get().mode().word(),
              former.get().nodes(),
              PinScope.CONFIG);
    } else if (old.xml().isPresent()) {
      writer.libvirt().defineXml(old.xml().get());
    } else {
      throw new ExecutionFault("the former configuration is not recorded");
    }
  }
}
