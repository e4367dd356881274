package dev.ballast.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.Map;

/** Prints a benchmark's figures: one a line for people, or as JSON. */
public final class Figures {
  /** How figures are printed. */
  public enum Format {
    TABLE,
    JSON
  }

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Figures() {}

  public static void print(Map<String, Object> figures, Format format, PrintWriter out) {
    switch (format) {
      case TABLE -> figures.forEach((name, value) -> out.printf("%-22s %s%n", name, value));
      case JSON -> {
        try {
          out.println(JSON.writeValueAsString(figures));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("figures are not printable", e);
        }
      }
    }
    out.flush();
  }
}
