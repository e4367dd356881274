package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Action;
import java.time.Duration;
import java.util.Optional;

/** One action: what it finds, when it is legal, what it does, how it is undone. */
public interface ActionExecutor {
  Action action();

  /** The action's object as it is now. */
  ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault;

  /** Why the action may not be done on the object in that state. */
  Optional<Illegal> illegal(ObjectState state, HostReader host);

  /** Whether nothing is left to do. */
  boolean atTarget(ObjectState state);

  /** The object after the action: pure, for later actions of the same command. */
  ObjectState predict(ObjectState state, HostReader host);

  /**
   * Does it and verifies it.
   *
   * @param before the object as it was just observed, already on disk
   */
  void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException;

  /** Where the object stands, for recovery and before an undo. */
  Standing standing(ObjectState before, ObjectState now);

  /** Whether looking at the object tells if the action was done. */
  default boolean observable() {
    return true;
  }

  /** For people: what more is to be said once it is done; empty for nothing. */
  default String remark() {
    return "";
  }

  /** For people: what was found where the action neither holds nor is undone. */
  default String told(ObjectState now, HostReader host) {
    return now.describe();
  }

  /**
   * How long the host may go on by itself with what an interrupted process began, before people are
   * asked; as long as it takes when absent.
   */
  default Optional<Duration> settlingLimit() {
    return Optional.empty();
  }

  /** Called again and again after a restart while the host still works on the object. */
  default void whileUnsettled(HostReader host, HostWriter writer) {}

  /**
   * Restores the object; only called where it stands at the target or at a step of our own.
   *
   * @throws ExecutionFault also when the action is final
   */
  void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault;
}
