package dev.ballast.core.plan;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.HostName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A plan as people read it: steps by host and object, {@code +} for what appears, {@code -} for
 * what goes, {@code ~} for what changes; points of no return before final steps; the reasons.
 */
public final class PlanText {
  /** Stands before the first step of an object that cannot be rolled back. */
  static final String NO_RETURN = "-- point of no return: what follows cannot be undone --";

  private PlanText() {}

  /** The whole text; lines end with a newline. */
  public static String render(Plan plan) {
    StringBuilder text = new StringBuilder(plan.title()).append('\n');
    steps(plan, text);
    if (!plan.decisions().isEmpty()) {
      text.append("\nwhy\n");
      plan.decisions().forEach(decision -> reasons(decision, text));
    }
    if (!plan.changes().isEmpty()) {
      text.append("\nremembered once done\n");
      plan.changes().forEach(change -> text.append("  ").append(words(change)).append('\n'));
    }
    return text.append('\n').append(footer(plan)).append('\n').toString();
  }

  private static void steps(Plan plan, StringBuilder text) {
    SortedMap<HostName, Map<ObjectKey, List<PlanStep>>> groups = new TreeMap<>();
    for (PlanStep step : plan.steps()) {
      groups
          .computeIfAbsent(step.host(), host -> new LinkedHashMap<>())
          .computeIfAbsent(step.planned().action().object(), object -> new ArrayList<>())
          .add(step);
    }
    int width = Integer.toString(plan.steps().size()).length();
    groups.forEach(
        (host, objects) -> {
          text.append('\n').append(host).append('\n');
          objects.forEach((object, steps) -> object(object, steps, width, text));
        });
  }

  private static void object(
      ObjectKey object, List<PlanStep> steps, int width, StringBuilder text) {
    text.append("  ").append(object).append('\n');
    boolean returnable = true;
    for (PlanStep step : steps) {
      Action action = step.planned().action();
      if (returnable && action instanceof Final) {
        text.append("      ").append(NO_RETURN).append('\n');
        returnable = false;
      }
      String number = Integer.toString(step.number());
      text.append("    ")
          .append(sign(step))
          .append(' ')
          .repeat(" ", width - number.length())
          .append(number)
          .append("  ")
          .append(action.describe());
      if (!step.after().isEmpty()) {
        text.append(", after ")
            .append(String.join(", ", step.after().stream().map(String::valueOf).toList()));
      }
      text.append('\n');
    }
  }

  private static char sign(PlanStep step) {
    return switch (step.planned().action()) {
      case Reversible.DefineDomain ignored ->
          step.planned().expectation() instanceof Expectation.NoDomain ? '+' : '~';
      case Reversible.UndefineDomain ignored -> '-';
      case Reversible.PinCpus ignored -> '~';
      case Reversible.SetKsm ignored -> '~';
      case Reversible.SetHostSetting ignored -> '~';
      case Reversible.SetLimits ignored -> '~';
      case Reversible.SetMemoryNodes ignored -> '~';
      case Reversible.SetSwitch change -> sign(change, step.planned().expectation());
      case Final.StartDomain ignored -> '+';
      case Final.ShutdownDomain ignored -> '-';
      case Final.DestroyDomain ignored -> '-';
      case Final.SetGuestTime ignored -> '~';
      case Final.GrowVolume ignored -> '~';
      case Reversible.TakeSnapshot ignored -> '+';
      case Final.RevertSnapshot ignored -> '~';
      case Final.DeleteSnapshot ignored -> '-';
      case Final.PurgeTrash ignored -> '-';
      case Final.MigrateDomain ignored -> '>';
    };
  }

  private static char sign(Reversible.SetSwitch change, Expectation expectation) {
    if (change.bridges().isEmpty()) {
      return '-';
    }
    boolean allNew =
        expectation instanceof Expectation.SwitchRecord record && record.present().isEmpty();
    return allNew && change.removed().isEmpty() ? '+' : '~';
  }

  private static void reasons(Decision decision, StringBuilder text) {
    text.append("  ");
    decision.vm().ifPresent(vm -> text.append(vm).append(": "));
    text.append(decision.reason()).append('\n');
    text.append("      cost: ").append(decision.cost());
    text.append("; gain: ").append(decision.gain()).append('\n');
    decision.rejected().forEach(other -> text.append("      not ").append(other).append('\n'));
  }

  private static String words(DesiredChange change) {
    return switch (change) {
      case DesiredChange.PutSpec(var spec) -> "specification of " + spec.name();
      case DesiredChange.RemoveSpec(var vm) -> vm + " is no longer specified";
      case DesiredChange.PutAssignment(var assignment) ->
          assignment.vm()
              + " on "
              + assignment.host()
              + ", vCPUs on "
              + assignment.pins().vcpus()
              + ", emulator on "
              + assignment.pins().emulator()
              + (assignment.override() ? " (set by an operator)" : "");
      case DesiredChange.RemoveAssignment(var vm) -> vm + " sits on no host";
      case DesiredChange.PutKsm(var host, var settings) ->
          "KSM of " + host + " with run=" + settings.run();
      case DesiredChange.RemoveKsm(var host) -> "nothing about KSM of " + host;
      case DesiredChange.PutHostSetting(var host, var setting) ->
          setting.key() + " of " + host + ": " + setting.value();
      case DesiredChange.RemoveHostSetting(var host, var key) ->
          "nothing about " + key + " of " + host;
      case DesiredChange.PutLimits(var vm, var limits) ->
          "limits of " + vm + " (set by an operator): " + limits;
      case DesiredChange.RemoveLimits(var vm) -> "limits of " + vm + " as specified";
      case DesiredChange.PutNetwork(var network) ->
          "network "
              + network.name()
              + " on bridge "
              + network.bridge()
              + (network.override() ? " (set by an operator)" : "");
      case DesiredChange.RemoveNetwork(var network) -> "no network " + network;
    };
  }

  private static String footer(Plan plan) {
    if (plan.isEmpty() && plan.changes().isEmpty()) {
      return "nothing to do";
    }
    long hosts = plan.steps().stream().map(PlanStep::host).distinct().count();
    return count(plan.steps().size(), "step") + " on " + count(hosts, "host");
  }

  private static String count(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
