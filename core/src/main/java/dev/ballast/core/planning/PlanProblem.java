package dev.ballast.core.planning;

/**
 * Why no plan could be made.
 *
 * @param subject the VM or host concerned
 * @param message one sentence with the remedy where there is one
 */
public record PlanProblem(String subject, String message) {
  @Override
  public String toString() {
    return subject + ": " + message;
  }
}
