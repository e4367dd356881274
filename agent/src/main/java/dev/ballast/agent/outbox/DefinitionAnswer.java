package dev.ballast.agent.outbox;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a question about definitions.
 *
 * @param xml the persistent definition; absent where there is none or the question failed
 * @param problem why it is absent; empty when it is there or was not asked for
 * @param leftOut sentences about domains that no observation tells of
 */
public record DefinitionAnswer(
    long queryId, Optional<String> xml, String problem, List<String> leftOut) {
  public DefinitionAnswer {
    leftOut = List.copyOf(leftOut);
  }

  static final int LEFT_OUT_LIMIT = 1_000;

  public static DefinitionAnswer found(long queryId, String xml) {
    return new DefinitionAnswer(queryId, Optional.of(xml), "", List.of());
  }

  public static DefinitionAnswer absent(long queryId, String problem) {
    return new DefinitionAnswer(queryId, Optional.empty(), problem, List.of());
  }

  /** The first of the sentences. */
  public static DefinitionAnswer leftOut(long queryId, List<String> sentences) {
    return new DefinitionAnswer(
        queryId,
        Optional.empty(),
        "",
        sentences.subList(0, Math.min(sentences.size(), LEFT_OUT_LIMIT)));
  }
}
