package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.plan.Decision;
import dev.ballast.v1.CommandOutcome;
import dev.ballast.v1.Inventory;
import dev.ballast.v1.Observation;
import dev.ballast.v1.StoredAssignment;
import dev.ballast.v1.StoredDecision;
import dev.ballast.v1.StoredNetwork;
import java.util.List;

/**
 * The bytes in which the coordinator stores small records; plans and specifications have codecs of
 * their own. Reading throws {@link WireException} when the bytes are damaged or of a newer version.
 */
public final class StoreCodec {
  private StoreCodec() {}

  /** Reads a message from bytes. */
  private interface Parser<P> {
    P parse(byte[] bytes) throws InvalidProtocolBufferException;
  }

  public static byte[] toBytes(Assignment assignment) {
    return SpecCodec.toProto(assignment).toByteArray();
  }

  public static Assignment assignment(byte[] bytes) {
    StoredAssignment message = parse("StoredAssignment", StoredAssignment::parseFrom, bytes);
    return SpecCodec.fromProto(message);
  }

  public static byte[] toBytes(NetworkSpec network) {
    return SwitchCodec.toProto(network).toByteArray();
  }

  public static NetworkSpec network(byte[] bytes) {
    StoredNetwork message = parse("StoredNetwork", StoredNetwork::parseFrom, bytes);
    return SwitchCodec.fromProto(message);
  }

  public static byte[] toBytes(HostInventory inventory) {
    return ModelCodec.toProto(inventory).toByteArray();
  }

  public static HostInventory inventory(byte[] bytes) {
    Inventory message = parse("Inventory", Inventory::parseFrom, bytes);
    return ModelCodec.fromProto(message);
  }

  public static byte[] toBytes(HostObservation observation) {
    return ObservationCodec.toProto(observation).toByteArray();
  }

  public static HostObservation observation(byte[] bytes) {
    Observation message = parse("Observation", Observation::parseFrom, bytes);
    return ObservationCodec.fromProto(message);
  }

  public static byte[] toBytes(Decision decision) {
    return PlanCodec.toProto(decision).toByteArray();
  }

  public static Decision decision(byte[] bytes) {
    return PlanCodec.decision(
        parse("StoredDecision", StoredDecision::parseFrom, bytes), new At("StoredDecision"));
  }

  public static byte[] toBytes(Outcome outcome) {
    return OutcomeCodec.toProto(outcome).toByteArray();
  }

  public static Outcome outcome(byte[] bytes) {
    dev.ballast.v1.Outcome message = parse("Outcome", dev.ballast.v1.Outcome::parseFrom, bytes);
    return OutcomeCodec.fromProto(message);
  }

  /** The outcomes of one command, in the order of its actions. */
  public static byte[] toBytes(List<Outcome> outcomes) {
    return CommandOutcome.newBuilder()
        .addAllOutcomes(outcomes.stream().map(OutcomeCodec::toProto).toList())
        .build()
        .toByteArray();
  }

  public static List<Outcome> outcomes(byte[] bytes) {
    return OutcomeCodec.fromProto(
        parse("CommandOutcome", CommandOutcome::parseFrom, bytes).getOutcomesList());
  }

  private static <P> P parse(String message, Parser<P> parser, byte[] bytes) {
    try {
      return parser.parse(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw PlanCodec.damaged(message, e);
    }
  }
}
