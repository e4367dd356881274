package dev.ballast.coordinator.store;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;
import java.util.List;

/** The bytes in which records are stored: messages of the contract. */
@SuppressWarnings("DoNotCallSuggester") // Until the codec lands.
final class StoredForm {
  private StoredForm() {}

  static byte[] bytes(VmSpec spec) {
    throw missing(spec);
  }

  static VmSpec spec(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(Assignment assignment) {
    throw missing(assignment);
  }

  static Assignment assignment(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(HostInventory inventory) {
    throw missing(inventory);
  }

  static HostInventory inventory(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(HostObservation observation) {
    throw missing(observation);
  }

  static HostObservation observation(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(Plan plan) {
    throw missing(plan);
  }

  static Plan plan(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(Outcome outcome) {
    throw missing(outcome);
  }

  static Outcome outcome(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(List<Outcome> outcomes) {
    throw missing(outcomes);
  }

  static List<Outcome> outcomes(byte[] body) {
    throw missing(body);
  }

  static byte[] bytes(Decision decision) {
    throw missing(decision);
  }

  static Decision decision(byte[] body) {
    throw missing(body);
  }

  private static UnsupportedOperationException missing(Object what) {
    return new UnsupportedOperationException("the codec is not there yet: " + what);
  }
}
