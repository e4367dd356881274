package dev.ballast.core.definition;

/** A text that is no definition of a domain; the message tells people why, without its name. */
public final class DefinitionException extends Exception {
  private static final long serialVersionUID = 1L;

  public DefinitionException(String message) {
    super(message);
  }
}
