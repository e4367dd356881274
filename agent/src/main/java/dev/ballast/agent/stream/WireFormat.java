package dev.ballast.agent.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.agent.command.CommandFormat;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.outbox.DefinitionAnswer;
import dev.ballast.core.action.Command;
import dev.ballast.v1.CommandOutcome;
import dev.ballast.v1.DomainAnswer;
import dev.ballast.wire.CommandCodec;
import dev.ballast.wire.OutcomeCodec;
import dev.ballast.wire.WireException;
import java.io.IOException;

/** Commands and results as messages of the contract, on the stream and in the journal. */
public final class WireFormat implements CommandFormat {
  @Override
  public byte[] encode(Command command) {
    return CommandCodec.toProto(command).toByteArray();
  }

  @Override
  public Command decodeCommand(byte[] bytes) throws IOException {
    try {
      return CommandCodec.fromProto(dev.ballast.v1.Command.parseFrom(bytes));
    } catch (InvalidProtocolBufferException | WireException e) {
      throw new IOException("not a command: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] encode(CommandResult result) {
    return toProto(result).toByteArray();
  }

  static CommandOutcome toProto(CommandResult result) {
    return CommandOutcome.newBuilder()
        .setCommandId(result.commandId())
        .setTerm(result.term())
        .addAllOutcomes(result.outcomes().stream().map(OutcomeCodec::toProto).toList())
        .build();
  }

  static DomainAnswer toProto(DefinitionAnswer answer) {
    DomainAnswer.Builder result =
        DomainAnswer.newBuilder()
            .setQueryId(answer.queryId())
            .setProblem(answer.problem())
            .addAllLeftOut(answer.leftOut());
    answer.xml().ifPresent(result::setXml);
    return result.build();
  }

  @Override
  public CommandResult decodeResult(byte[] bytes) throws IOException {
    try {
      CommandOutcome outcome = CommandOutcome.parseFrom(bytes);
      return new CommandResult(
          outcome.getCommandId(),
          outcome.getTerm(),
          OutcomeCodec.fromProto(outcome.getOutcomesList()));
    } catch (InvalidProtocolBufferException | WireException e) {
      throw new IOException("not a result: " + e.getMessage(), e);
    }
  }
}
