package dev.ballast.coordinator.cli;

import com.google.protobuf.Message;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/** In which form a listing is printed. */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Format format = Format.TABLE;

  /** Whether a program reads it. */
  boolean isDocument() {
    return format == Format.JSON || format == Format.YAML;
  }

  /** Prints the message as a document, or lets the printer write tables, wide or not. */
  <M extends Message> void print(Session session, M message, BiConsumer<M, Boolean> tables) {
    if (isDocument()) {
      Documents.print(message, format, session.terminal());
    } else {
      tables.accept(message, format == Format.WIDE);
    }
  }
}
