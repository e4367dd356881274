package dev.ballast.coordinator.cluster;

import dev.ballast.core.model.HostName;
import java.util.List;
import java.util.Optional;

/**
 * Asks agents how the domains of their hosts are defined. A question is no command: hosts that are
 * only observed answer it too.
 */
public interface DefinitionQueries {
  /**
   * What an agent answered.
   *
   * @param xml the persistent definition; absent where there is none
   * @param problem why it is absent; empty otherwise
   */
  record Definition(Optional<String> xml, String problem) {}

  /** No answer came; the message tells people why. */
  final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    public Unanswered(String message) {
      super(message);
    }
  }

  /** How the domain of that name is defined; waits a bounded time. */
  Definition definition(HostName host, String domain) throws Unanswered;

  /** Sentences about domains that no observation tells of; waits a bounded time. */
  List<String> leftOut(HostName host) throws Unanswered;
}
