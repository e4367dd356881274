package dev.ballast.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is read: no exception, faults within the file, and a specification only without. */
class SpecParserFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "kind: VM\n",
          "name: a\n",
          "vcpus: 1\n",
          "memory: 1GiB\n",
          "disks:\n",
          "- ",
          "  ",
          "\n",
          "---\n",
          "...\n",
          "{",
          "}",
          "[",
          "]",
          ",",
          ": ",
          "? ",
          "&a ",
          "*a",
          "!t ",
          "|\n",
          ">\n",
          "'",
          "\"",
          "#",
          "\t",
          "\\",
          "%YAML 1.2\n",
          "<<: ",
          "boot:\n",
          "  kernel: /k\n",
          "cpu: ",
          "nics: ",
          "placement: ",
          "labels: ",
          "mac: ",
          "\u0000",
          "\uFEFF",
          "\uFFFD",
          "\uD83D",
          "é",
          "\u2028",
          "~",
          "\r");

  @Property(tries = 2_000)
  void anyText(@ForAll String text) {
    check(text);
  }

  @Property(tries = 5_000)
  void anyPiecesOfYaml(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(random.nextBoolean() ? Parsed.BASE : "");
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    check(text.toString());
  }

  @Property(tries = 2_000)
  void specificationsWithOnePlaceSpoilt(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(SpecWriter.write(AnySpec.of(seed)));
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + random.nextInt(4));
    check(text.replace(at, end, PIECES.get(random.nextInt(PIECES.size()))).toString());
  }

  private static void check(String text) {
    SpecResult result = Parsed.file(text);
    // YAML 1.2 knows two line breaks, the parser some more.
    int lines =
        1 + (int) text.chars().filter(c -> "\n\r\u0085\u2028\u2029".indexOf(c) >= 0).count();
    assertThat(result.faults()).isSorted();
    for (Fault fault : result.faults()) {
      assertThat(fault.line()).isBetween(1, lines);
      assertThat(fault.column()).isBetween(1, text.length() + 1);
      assertThat(Texts.firstUnprintable(fault.toString())).as(fault.toString()).isEmpty();
    }
    assertThat(result.vms().isEmpty() && result.faults().isEmpty()).as(text).isFalse();
  }
}
