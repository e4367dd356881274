package dev.ballast.coordinator.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** Rows under headers, each column as wide as its widest cell; the last one wraps on a terminal. */
final class Table {
  private static final int GAP = 2;
  private static final int LEAST_LAST_COLUMN = 20;

  /** One cell. */
  record Cell(String text, Style style) {
    static Cell of(String text) {
      return new Cell(text, Style.PLAIN);
    }
  }

  private final List<List<Cell>> rows = new ArrayList<>();

  Table(String... headers) {
    rows.add(List.of(headers).stream().map(header -> new Cell(header, Style.HEADER)).toList());
  }

  void row(String... cells) {
    row(List.of(cells).stream().map(Cell::of).toList());
  }

  void row(List<Cell> cells) {
    rows.add(cells.stream().map(c -> new Cell(oneLine(c.text()), c.style())).toList());
  }

  private static String oneLine(String text) {
    String printable = Terminal.printable(text).replace('\n', ' ').replace('\t', ' ');
    return printable.isEmpty() ? "-" : printable;
  }

  void print(Terminal terminal) {
    TextTable table = TextTable.forColumns(terminal.colors(), columns(terminal));
    for (List<Cell> row : rows) {
      table.addRowValues(
          row.stream()
              .map(cell -> cell.style().text(terminal.colors(), cell.text()))
              .toArray(Ansi.Text[]::new));
    }
    terminal.out().print(table);
    terminal.out().flush();
  }

  private Column[] columns(Terminal terminal) {
    int count = rows.getFirst().size();
    Column[] columns = new Column[count];
    int used = 0;
    for (int i = 0; i < count; i++) {
      int index = i;
      int width = rows.stream().mapToInt(row -> row.get(index).text().length()).max().orElse(1);
      boolean last = i == count - 1;
      if (last && terminal.live()) {
        width = Math.min(width, Math.max(LEAST_LAST_COLUMN, terminal.columns() - used));
      }
      columns[i] =
          new Column(width + (last ? 0 : GAP), 0, last ? Overflow.WRAP : Overflow.TRUNCATE);
      used += width + GAP;
    }
    return columns;
  }
}
