package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.KsmPresent;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Writes the KSM knobs: when it stops the scanner, {@code run} first, else last, so that the
 * scanner never runs at a pace that nobody asked for.
 */
final class SetKsmExecutor implements ActionExecutor {
  private final SetKsm action;

  SetKsmExecutor(SetKsm action) {
    this.action = action;
  }

  /** One knob and its value. */
  private enum Knob {
    RUN,
    PAGES_TO_SCAN,
    SLEEP_MILLIS;

    String file() {
      return switch (this) {
        case RUN -> KsmFiles.RUN;
        case PAGES_TO_SCAN -> KsmFiles.PAGES_TO_SCAN;
        case SLEEP_MILLIS -> KsmFiles.SLEEP_MILLIS;
      };
    }

    long value(KsmSettings settings) {
      return switch (this) {
        case RUN -> settings.run();
        case PAGES_TO_SCAN -> settings.pagesToScan();
        case SLEEP_MILLIS -> settings.sleepMillis();
      };
    }
  }

  private static List<Knob> order(KsmSettings target) {
    return target.run() == 0
        ? List.of(Knob.RUN, Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLIS)
        : List.of(Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLIS, Knob.RUN);
  }

  @Override
  public SetKsm action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) {
    return host.ksm();
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof KsmPresent(KsmSettings now))) {
      return Optional.of(
          new Illegal(
              RefusalReason.MISSING_CAPABILITY,
              "the kernel shows no KSM in " + KsmFiles.DIRECTORY + " (CONFIG_KSM)"));
    }
    return now.run() == 2
        ? Optional.of(Illegal.of("KSM is unmerging (run=2): wait, or set it by hand first"))
        : Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof KsmPresent(KsmSettings now) && now.equals(action.settings());
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new KsmPresent(action.settings());
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    write(before, action.settings(), host, writer.kernel());
  }

  private static void write(
      ObjectState from, KsmSettings target, HostReader host, KernelWriter kernel)
      throws ExecutionFault {
    for (Knob knob : order(target)) {
      boolean needed =
          !(from instanceof KsmPresent(KsmSettings now)) || knob.value(now) != knob.value(target);
      if (needed) {
        try {
          kernel.write(knob.file(), Long.toString(knob.value(target)));
        } catch (IOException e) {
          throw new ExecutionFault(String.valueOf(e.getMessage()));
        }
      }
    }
    ObjectState after = host.ksm();
    if (!after.equals(new KsmPresent(target))) {
      throw new ExecutionFault(
          "KSM reads back as " + after.describe() + " (is another service tuning it?)");
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (now.equals(before)) {
      return Standing.BEFORE;
    }
    if (!(before instanceof KsmPresent(KsmSettings old))
        || !(now instanceof KsmPresent(KsmSettings found))) {
      return Standing.FOREIGN;
    }
    // What an interrupted sequence, and an interrupted undo of it, can leave.
    return Arrays.stream(Knob.values())
            .allMatch(
                knob ->
                    knob.value(found) == knob.value(old)
                        || knob.value(found) == knob.value(action.settings()))
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    if (!(before instanceof KsmPresent(KsmSettings old))) {
      throw new ExecutionFault("there was no KSM to restore");
    }
    write(host.ksm(), old, host, writer.kernel());
  }
}
