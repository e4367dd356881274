package dev.ballast.agent.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.executor.ObjectState.SwitchPresent;
import dev.ballast.agent.host.ovs.OvsdbFault;
import dev.ballast.agent.host.ovs.OvsdbWriter;
import dev.ballast.core.action.LinkRules;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes bridges in one transaction that holds only on the rows it was made from, waits until
 * ovs-vswitchd has applied it, and looks that every port came to life.
 */
final class SetSwitchExecutor implements ActionExecutor {
  /** How long ovs-vswitchd may take to apply a change. */
  static final Duration APPLY_LIMIT = Duration.ofSeconds(10);

  /** Before the second look whether a change was applied; then twice as long each time. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(2);

  static final Duration LONGEST_PAUSE = Duration.ofMillis(32);

  /** So often a transaction is made again because a guest came or went meanwhile. */
  static final int ATTEMPT_LIMIT = 5;

  private static final String DATAPATH = "datapath_type";

  private final SetSwitch action;
  private final Waiting waiting;

  SetSwitchExecutor(SetSwitch action, Waiting waiting) {
    this.action = action;
    this.waiting = waiting;
  }

  @Override
  public SetSwitch action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws ExecutionFault {
    return host.switches().observe(action.names());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof SwitchPresent present)) {
      return Optional.of(new Illegal(RefusalReason.MISSING_CAPABILITY, state.describe()));
    }
    ObservedSwitch seen = present.observed();
    for (String name : action.names()) {
      Optional<Illegal> illegal =
          bridge(name, action.bridges().get(name), seen.bridges().get(name), seen);
      if (illegal.isPresent()) {
        return illegal;
      }
    }
    return Optional.empty();
  }

  private Optional<Illegal> bridge(
      String name,
      @Nullable SwitchBridge target,
      @Nullable SwitchBridge found,
      ObservedSwitch seen) {
    if (found == null) {
      return target == null ? Optional.empty() : creation(target, seen);
    }
    if (found.owner().isEmpty() || (target != null && !found.owner().equals(target.owner()))) {
      return Optional.of(
          new Illegal(
              RefusalReason.OTHER_OWNER,
              "bridge " + name + " was not made by this Ballast: change it by hand"));
    }
    if (target == null) {
      return found.ports().values().stream()
          .filter(port -> !port.owner().equals(found.owner()))
          .findFirst()
          .map(
              port ->
                  Illegal.of(
                      "bridge "
                          + name
                          + " has the port "
                          + port.name()
                          + " of another owner: remove it first"));
    }
    if (!found
        .settings()
        .getOrDefault(DATAPATH, "")
        .equals(target.settings().getOrDefault(DATAPATH, ""))) {
      return Optional.of(
          Illegal.of("the datapath of bridge " + name + " does not change while it stands"));
    }
    Set<String> own = new TreeSet<>();
    found.ports().values().forEach(port -> own.addAll(port.cards()));
    return target.ports().values().stream()
        .filter(port -> !port.name().equals(name))
        .flatMap(port -> joins(name, port, own, seen).stream())
        .findFirst();
  }

  private static Optional<Illegal> creation(SwitchBridge target, ObservedSwitch seen) {
    if (seen.links().containsKey(target.name())) {
      return Optional.of(
          Illegal.of(
              "the host has a link " + target.name() + " that is no bridge of Open vSwitch"));
    }
    return target.ports().values().stream()
        .filter(port -> !port.name().equals(target.name()))
        .flatMap(port -> joins(target.name(), port, Set.of(), seen).stream())
        .findFirst();
  }

  /**
   * A link that carries something must not be moved into a bridge: that would cut it off.
   *
   * @param own network cards that the bridge has already
   */
  private static Optional<Illegal> joins(
      String bridge, SwitchPort port, Set<String> own, ObservedSwitch seen) {
    for (SwitchBridge other : seen.bridges().values()) {
      boolean elsewhere = !other.name().equals(bridge);
      if (elsewhere
          && (other.ports().containsKey(port.name()) || other.guests().containsKey(port.name()))) {
        return Optional.of(
            Illegal.of("port " + port.name() + " is on bridge " + other.name() + " already"));
      }
    }
    return port.cards().stream()
        .filter(card -> !own.contains(card))
        .flatMap(card -> card(bridge, card, seen).stream())
        .findFirst();
  }

  private static Optional<Illegal> card(String bridge, String card, ObservedSwitch seen) {
    String carries = seen.links().get(card);
    if (carries == null) {
      return Optional.of(Illegal.of("the host has no network card " + card));
    }
    Optional<String> owner = LinkRules.owner(carries);
    if (owner.isPresent()) {
      return Optional.of(
          new Illegal(RefusalReason.OTHER_OWNER, LinkRules.otherOwner(card, owner.get())));
    }
    return carries.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Illegal.of(
                card
                    + " "
                    + carries
                    + ": moving it into bridge "
                    + bridge
                    + " would cut that off"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof SwitchPresent present
        && present.trouble().isEmpty()
        && isConfigured(present);
  }

  private boolean isConfigured(SwitchPresent present) {
    return present.concerned().equals(action.bridges());
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof SwitchPresent present)) {
      return state;
    }
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>(present.observed().bridges());
    bridges.keySet().removeAll(action.removed());
    bridges.putAll(action.bridges());
    return new SwitchPresent(
        present.observed().with(bridges, present.observed().links()), action.names(), "", "");
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    String datapath = host.switches().datapath();
    SortedMap<String, BridgeRows> wanted = new TreeMap<>();
    action.bridges().forEach((name, target) -> wanted.put(name, BridgeRows.of(target, datapath)));
    long next = commit(before, wanted, action.removed(), host, writer.ovs());
    awaitApplied(next, host);
    ObjectState after = observe(host);
    if (!atTarget(after)) {
      throw new ExecutionFault("the bridges read back as " + after.describe());
    }
  }

  /** Commits on the state that was observed, and on no other. */
  private long commit(
      ObjectState observed,
      SortedMap<String, BridgeRows> wanted,
      SortedSet<String> removed,
      HostReader host,
      OvsdbWriter writer)
      throws ExecutionFault {
    String refusal = "";
    for (int attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
      try {
        SwitchRows rows = host.switches().rows();
        SwitchPresent now = host.switches().state(rows, action.names());
        if (!(observed instanceof SwitchPresent present)
            || !now.concerned().equals(present.concerned())) {
          throw new ExecutionFault("the bridges were changed meanwhile: " + now.describe());
        }
        checkRemovals(rows, now, removed);
        List<ObjectNode> operations = SwitchTransaction.of(rows, wanted, removed);
        return writer
            .transact(operations)
            .get(operations.size() - 1)
            .path("rows")
            .path(0)
            .path("next_cfg")
            .asLong();
      } catch (OvsdbFault e) {
        refusal = String.valueOf(e.getMessage());
        if (!e.isRefused()) {
          break;
        }
      }
    }
    throw new ExecutionFault(refusal);
  }

  private static void checkRemovals(SwitchRows rows, SwitchPresent now, SortedSet<String> removed)
      throws ExecutionFault {
    for (String name : removed) {
      SwitchBridge bridge = now.observed().bridges().get(name);
      if (bridge != null && !bridge.guests().isEmpty()) {
        throw new ExecutionFault(
            "bridge " + name + " has ports of guests " + bridge.guests().keySet());
      }
      String attached = rows.bridge(name).map(rows::attachments).orElse("");
      if (!attached.isEmpty()) {
        throw new ExecutionFault(
            "bridge " + name + " has a " + attached + ", which could not be put back: take it off");
      }
    }
  }

  /** Applied is what ovs-vswitchd has caught up with, and every port of which came to life. */
  private void awaitApplied(long next, HostReader host)
      throws ExecutionFault, InterruptedException {
    long deadline = waiting.nanos() + APPLY_LIMIT.toNanos();
    String trouble = "";
    Duration pause = FIRST_PAUSE;
    while (waiting.nanos() < deadline) {
      try {
        SwitchRows rows = host.switches().rows();
        if (rows.currentConfiguration() >= next) {
          trouble = rows.trouble(new TreeSet<>(action.bridges().keySet()));
          if (trouble.isEmpty()) {
            return;
          }
          if (!trouble.contains("cur_cfg")) {
            throw new ExecutionFault(trouble);
          }
        }
      } catch (OvsdbFault e) {
        trouble = String.valueOf(e.getMessage());
      }
      waiting.pause(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
    throw new ExecutionFault(
        "ovs-vswitchd did not apply the change within "
            + APPLY_LIMIT.toSeconds()
            + " s"
            + (trouble.isEmpty() ? "" : ": " + trouble));
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (!(before instanceof SwitchPresent old) || !(now instanceof SwitchPresent found)) {
      return Standing.FOREIGN;
    }
    if (found.concerned().equals(old.concerned())) {
      return isConfigured(found) && found.trouble().isEmpty() ? Standing.TARGET : Standing.BEFORE;
    }
    if (!isConfigured(found)) {
      return Standing.FOREIGN;
    }
    // Written down but not working counts as not done: it goes back.
    return found.trouble().isEmpty() ? Standing.TARGET : Standing.OWN_STEP;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    if (!(before instanceof SwitchPresent old)) {
      throw new ExecutionFault("there was no Open vSwitch to restore");
    }
    SortedMap<String, BridgeRows> saved = BridgeRows.read(old.rows());
    SortedSet<String> created = action.names();
    created.removeAll(saved.keySet());
    ObjectState now = observe(host);
    var _ = commit(now, saved, created, host, writer.ovs());
    ObjectState after = observe(host);
    if (!(after instanceof SwitchPresent found) || !found.concerned().equals(old.concerned())) {
      throw new ExecutionFault("the bridges read back as " + after.describe());
    }
  }
}
