package dev.ballast.agent.host.storage;

import java.io.IOException;

/** Looks on while something long is done. */
@FunctionalInterface
public interface Watch {
  /**
   * So far it has come.
   *
   * @param totalBytes 0 while that is not known
   * @throws IOException when it is to be given up, with the reason
   */
  void at(long doneBytes, long totalBytes) throws IOException;
}
