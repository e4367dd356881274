package dev.ballast.coordinator.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A plan in a file: its JSON below a line that says what it is. The coordinator holds the plan too;
 * the file proves that what is applied is what was read.
 */
final class PlanFile {
  private static final String HEADER = "# ballast plan, version 1";

  private PlanFile() {}

  static boolean isPlanFile(Path file) {
    try (var lines = Files.lines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return Files.isRegularFile(file) && lines.findFirst().orElse("").equals(HEADER);
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  static void write(Path file, PlanResponse plan) {
    try {
      Files.writeString(file, HEADER + "\n" + Documents.json(plan) + "\n");
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, file + " cannot be written: " + e.getMessage(), "name another --out", e);
    }
  }

  /** The plan of the file, if the coordinator holds the same. */
  static PlanResponse read(Path file, Session session) {
    PlanResponse read = parse(file);
    if (read.getPlanId().isEmpty()) {
      return read;
    }
    PlanResponse held =
        session.call(
            stub -> stub.getPlan(GetPlanRequest.newBuilder().setPlanId(read.getPlanId()).build()));
    if (!held.getTitle().equals(read.getTitle())
        || held.getParentVersion() != read.getParentVersion()
        || !held.getStepsList().equals(read.getStepsList())) {
      throw new CliException(
          ExitCode.REFUSED,
          "the coordinator's " + read.getPlanId() + " is another plan than the one in " + file,
          "it is of another cluster or was edited; plan again");
    }
    return held;
  }

  private static PlanResponse parse(Path file) {
    try {
      if (Files.size(file) > 4L * WireLimits.OPERATOR_MESSAGE_BYTES) {
        throw new IOException("too large");
      }
      String text = Files.readString(file);
      PlanResponse.Builder plan = PlanResponse.newBuilder();
      JsonFormat.parser().merge(text.substring(HEADER.length()), plan);
      return plan.build();
    } catch (InvalidProtocolBufferException e) {
      throw new CliException(
          ExitCode.USAGE, file + " is a damaged plan: " + e.getMessage(), "plan again", e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, file + " cannot be read: " + e.getMessage(), "plan again", e);
    }
  }
}
