package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.plan.BeforeState;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The way back of one host's bridges. */
final class SwitchRollback {
  private final HostView host;
  private final List<PlanStep> steps;
  private final String since;
  private final List<Step> before;
  private final PlanDraft draft;
  private final SortedMap<String, SwitchBridge> back = new TreeMap<>();
  private final SortedSet<String> removed = new TreeSet<>();

  /**
   * @param before steps that take guests off the bridges
   */
  SwitchRollback(
      HostView host, List<PlanStep> steps, String since, List<Step> before, PlanDraft draft) {
    this.host = host;
    this.steps = steps;
    this.since = since;
    this.before = before;
    this.draft = draft;
  }

  /** Whether a plan can say all of the port, so that it can be put back. */
  static boolean canRestore(SwitchPort port) {
    return !port.type().equals(SwitchPort.MIXED) && !port.settings().containsKey("qos.queues");
  }

  /** Adds the step, and returns it. */
  List<Step> add() {
    Optional<BeforeState> known = BeforeState.of(steps.getFirst().planned().expectation());
    if (!(steps.getLast().planned().action() instanceof SetSwitch set)
        || !(known.orElse(null) instanceof BeforeState.SwitchBefore(SwitchRecord former))) {
      draft.problem(host.name(), "what its bridges were before is not recorded");
      return List.of();
    }
    if (host.ovs().isEmpty()) {
      draft.problem(host.name(), "has no Open vSwitch any more");
      return List.of();
    }
    ObservedSwitch seen = host.ovs().get();
    for (String name : set.names()) {
      bridge(name, set.bridges().get(name), former.present().get(name), seen);
    }
    if (back.isEmpty() && removed.isEmpty()) {
      return List.of();
    }
    SetSwitch action = new SetSwitch(back, removed);
    draft.decide(
        new Decision(
            "operator",
            Optional.empty(),
            "the bridges of " + host.name() + " go back: " + action.describe(),
            removed.isEmpty() ? "none" : "links of these bridges",
            "as before",
            List.of()));
    return List.of(draft.step(host.name(), action, SwitchRecord.of(seen, action.names()), before));
  }

  private void bridge(
      String name, @Nullable SwitchBridge set, @Nullable SwitchBridge former, ObservedSwitch seen) {
    SwitchBridge found =
        Optional.ofNullable(seen.bridges().get(name)).map(SwitchBridge::withoutGuests).orElse(null);
    if (Objects.equals(found, former)) {
      return;
    }
    if (!Objects.equals(found, set)) {
      draft.problem(
          host.name(),
          "bridge "
              + name
              + " is "
              + text(found)
              + ", the operation had set "
              + text(set)
              + ": "
              + since
              + "; nothing is rolled back");
    } else if (former == null) {
      removed.add(name);
      guests(name, seen);
    } else {
      back.put(name, former);
    }
  }

  private void guests(String name, ObservedSwitch seen) {
    SwitchBridge bridge = seen.bridges().get(name);
    if (bridge != null && !bridge.guests().isEmpty() && before.isEmpty()) {
      for (Map.Entry<String, String> guest : bridge.guests().entrySet()) {
        draft.problem(
            host.name(),
            "bridge " + name + " has the guest port " + guest.getKey() + ": shut the VM off first");
      }
    }
  }

  private static String text(@Nullable SwitchBridge bridge) {
    return bridge == null ? "absent" : "'" + bridge.describe() + "'";
  }
}
