package dev.ballast.coordinator.cli;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.wire.ActionCodec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How hard a migration may try. */
final class MigrationOptions {
  private static final long MIB = 1L << 20;

  @Option(
      names = "--bandwidth",
      paramLabel = "MIB/S",
      description = "At most so many MiB per second of the network; default: all there is.")
  private @Nullable Long bandwidthMebibytes;

  @Option(
      names = "--downtime",
      paramLabel = "MS",
      description = "How long the guest may stand still at the end; default: 300.")
  private @Nullable Long downtimeMillis;

  @Option(
      names = "--give-up-after",
      paramLabel = "SECONDS",
      description = "Give it up after so long, the guest unharmed where it was; default: 600.")
  private @Nullable Long timeoutSeconds;

  @Option(
      names = "--no-auto-converge",
      description = "Never slow a guest down that writes faster than it moves.")
  private boolean fullSpeed;

  @Option(
      names = "--post-copy",
      description =
          "At half of the time, let the guest go on on the target and fetch the rest of its memory"
              + " from there. It ends for sure, cannot be aborted from then on, and loses the"
              + " guest if either host or the link dies meanwhile.")
  private boolean postCopy;

  @Option(
      names = "--copy-storage",
      description =
          "Copy the disks along, for hosts that share none. The target needs files of the same size"
              + " at the same paths, or a storage pool of their directory.")
  private boolean copyStorage;

  /** The limits; empty where nothing was said. */
  Optional<dev.ballast.v1.MigrationLimits> limits() {
    if (bandwidthMebibytes == null
        && downtimeMillis == null
        && timeoutSeconds == null
        && !fullSpeed
        && !postCopy
        && !copyStorage) {
      return Optional.empty();
    }
    MigrationLimits absent = MigrationLimits.DEFAULT;
    try {
      MigrationLimits limits =
          new MigrationLimits(
              bandwidthMebibytes == null
                  ? absent.bandwidthBytesPerSecond()
                  : Math.multiplyExact(bandwidthMebibytes, MIB),
              downtimeMillis == null ? absent.downtimeMillis() : downtimeMillis,
              !fullSpeed,
              timeoutSeconds == null
                  ? absent.timeoutMillis()
                  : Math.multiplyExact(timeoutSeconds, 1000),
              postCopy,
              copyStorage);
      return Optional.of(ActionCodec.toProto(limits));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CliException(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "'--help' explains the options", e);
    }
  }
}
