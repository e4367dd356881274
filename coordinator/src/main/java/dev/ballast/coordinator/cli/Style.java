package dev.ballast.coordinator.cli;

import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** What a colour means here. */
enum Style {
  PLAIN(Ansi.Style.reset),
  HEADER(Ansi.Style.bold),
  GOOD(Ansi.Style.fg_green),
  WARNING(Ansi.Style.fg_yellow),
  BAD(Ansi.Style.fg_red),
  FAINT(Ansi.Style.faint);

  private final Ansi.Style style;

  Style(Ansi.Style style) {
    this.style = style;
  }

  /** The text in this style; markup in it has no meaning. */
  Ansi.Text text(ColorScheme colors, String text) {
    return colors.apply(Terminal.printable(text), this == PLAIN ? List.of() : List.of(style));
  }
}
