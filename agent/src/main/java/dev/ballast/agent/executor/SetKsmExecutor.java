package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.KsmPresent;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.kernel.NodeMemory;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes the KSM knobs: when it stops the scanner, {@code run} first, else last, so that the
 * scanner never runs at a pace that nobody asked for.
 */
final class SetKsmExecutor implements ActionExecutor {
  /** How long unmerging may take. */
  static final long UNMERGE_MILLIS = 300_000;

  private final SetKsm action;

  SetKsmExecutor(SetKsm action) {
    this.action = action;
  }

  /** One knob and its value. */
  private enum Knob {
    RUN,
    PAGES_TO_SCAN,
    SLEEP_MILLIS,
    MERGE_ACROSS_NODES;

    String file() {
      return switch (this) {
        case RUN -> KsmFiles.RUN;
        case PAGES_TO_SCAN -> KsmFiles.PAGES_TO_SCAN;
        case SLEEP_MILLIS -> KsmFiles.SLEEP_MILLIS;
        case MERGE_ACROSS_NODES -> KsmFiles.MERGE_ACROSS_NODES;
      };
    }

    /** Empty for a knob that is to stay. */
    String value(KsmSettings settings) {
      return switch (this) {
        case RUN -> Integer.toString(settings.run());
        case PAGES_TO_SCAN -> Long.toString(settings.pagesToScan());
        case SLEEP_MILLIS -> Long.toString(settings.sleepMillis());
        case MERGE_ACROSS_NODES ->
            settings.mergeAcrossNodes().map(merge -> merge ? "1" : "0").orElse("");
      };
    }

    boolean differs(KsmSettings now, KsmSettings target) {
      return !value(target).isEmpty() && !value(target).equals(value(now));
    }
  }

  /** Merging across nodes changes once nothing is merged, and before the scanner runs. */
  private static List<Knob> order(KsmSettings target) {
    return target.run() == KsmSettings.SCANNING
        ? List.of(Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLIS, Knob.MERGE_ACROSS_NODES, Knob.RUN)
        : List.of(Knob.RUN, Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLIS, Knob.MERGE_ACROSS_NODES);
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
    KsmSettings target = action.settings();
    if (target.mergeAcrossNodes().isPresent() && now.mergeAcrossNodes().isEmpty()) {
      return Optional.of(
          new Illegal(
              RefusalReason.MISSING_CAPABILITY,
              "the kernel has no " + KsmFiles.MERGE_ACROSS_NODES + " (CONFIG_NUMA)"));
    }
    boolean unmerges = target.run() == KsmSettings.UNMERGING;
    long merged = host.ksmFiles().unmergeBytes();
    if (!unmerges && merged > 0 && Knob.MERGE_ACROSS_NODES.differs(now, target)) {
      return Optional.of(
          Illegal.of(
              "merge_across_nodes cannot change while pages are merged ("
                  + (merged >> 20)
                  + " MiB saved): 'ballast ksm unmerge' first"));
    }
    return unmerges && now.run() != KsmSettings.UNMERGING
        ? room(host.ksmFiles(), merged)
        : Optional.empty();
  }

  /** The kernel does not tell on which node the copies will lie: each must have room for all. */
  private static Optional<Illegal> room(KsmFiles ksm, long mergedBytes) {
    OptionalLong free = ksm.leastFreeBytes();
    if (free.isEmpty()) {
      return Optional.of(Illegal.of("how much memory the NUMA nodes have free cannot be read"));
    }
    long neededBytes = mergedBytes + NodeMemory.MARGIN_BYTES;
    return free.getAsLong() >= neededBytes
        ? Optional.empty()
        : Optional.of(
            Illegal.of(
                "unmerging takes "
                    + (neededBytes >> 20)
                    + " MiB with a margin, a NUMA node has "
                    + (free.getAsLong() >> 20)
                    + " MiB free: 'ballast ksm off' keeps what is merged"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof KsmPresent(KsmSettings now) && action.settings().heldBy(now);
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return state instanceof KsmPresent(KsmSettings now)
        ? new KsmPresent(
            action
                .settings()
                .withMergeAcrossNodes(
                    action.settings().mergeAcrossNodes().or(now::mergeAcrossNodes)))
        : state;
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    write(before, action.settings(), host, writer.kernel());
  }

  private static void write(
      ObjectState from, KsmSettings target, HostReader host, KernelWriter kernel)
      throws ExecutionFault, InterruptedException {
    for (Knob knob : order(target)) {
      boolean needed =
          from instanceof KsmPresent(KsmSettings now)
              ? knob.differs(now, target)
              : !knob.value(target).isEmpty();
      if (needed) {
        write(knob, knob.value(target), kernel);
      }
    }
    ObjectState after = host.ksm();
    if (!(after instanceof KsmPresent(KsmSettings found)) || !target.heldBy(found)) {
      throw new ExecutionFault(
          "KSM reads back as " + after.describe() + " (is another service tuning it?)");
    }
  }

  private static void write(Knob knob, String value, KernelWriter kernel)
      throws ExecutionFault, InterruptedException {
    try {
      if (knob == Knob.RUN && value.equals(Integer.toString(KsmSettings.UNMERGING))) {
        kernel.writeInChild(knob.file(), value, UNMERGE_MILLIS);
      } else {
        kernel.write(knob.file(), value);
      }
    } catch (IOException e) {
      throw new ExecutionFault(String.valueOf(e.getMessage()));
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
    // What an interrupted sequence, and an interrupted undo of it, can leave. Interrupted
    // unmerging leaves the scanner stopped.
    return Arrays.stream(Knob.values())
            .allMatch(
                knob ->
                    !knob.differs(old, found)
                        || !knob.differs(action.settings(), found)
                        || (knob == Knob.RUN
                            && found.run() == KsmSettings.STOPPED
                            && unmerges(old, action.settings())))
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  private static boolean unmerges(KsmSettings one, KsmSettings other) {
    return Math.max(one.run(), other.run()) == KsmSettings.UNMERGING;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    if (!(before instanceof KsmPresent(KsmSettings old))) {
      throw new ExecutionFault("there was no KSM to restore");
    }
    ObjectState now = host.ksm();
    try {
      write(now, old, host, writer.kernel());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionFault("interrupted while restoring KSM " + old.describe());
    }
  }
}
