package dev.ballast.coordinator.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The API's messages as JSON and YAML: names in camel case, enumerations by name, 64-bit numbers as
 * texts (protobuf's JSON mapping), fields without presence always printed.
 */
final class Documents {
  private Documents() {}

  static void print(Message message, Format format, Terminal terminal) {
    terminal.block(format == Format.YAML ? yaml(message) : json(message));
  }

  static String json(Message message) {
    return print(JsonFormat.printer().alwaysPrintFieldsWithNoPresence(), message);
  }

  /** On one line, for a stream of documents. */
  static String jsonLine(Message message) {
    return print(
        JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace(),
        message);
  }

  static String yaml(Message message) {
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();
    try {
      return new YAMLMapper(factory).writeValueAsString(new ObjectMapper().readTree(json(message)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String print(JsonFormat.Printer printer, Message message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message of the contract has no JSON form", e);
    }
  }
}
