package dev.ballast.core.spec;

import static dev.ballast.core.spec.Parsed.BASE;
import static dev.ballast.core.spec.Parsed.faults;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileFaultsTest {
  @Test
  void emptyFiles() {
    String fault =
        "web.yaml:1:1: the file holds no VM, network or image (write one, or remove the file)";
    assertThat(faults("")).containsExactly(fault);
    assertThat(faults("\uFEFF")).containsExactly(fault);
    assertThat(faults("# nothing\n---\n---\n")).containsExactly(fault);
  }

  @Test
  void documentsThatAreNoMapping() {
    assertThat(faults("- a\n"))
        .singleElement()
        .asString()
        .startsWith("web.yaml:1:1: a document is a mapping of kind, name, vcpus")
        .endsWith("not a list");
    assertThat(faults("web\n")).singleElement().asString().endsWith("not 'web'");
  }

  @Test
  void tabs() {
    assertThat(faults("kind: VM\ncpu:\n\tpolicy: shared\n"))
        .containsExactly("web.yaml:3:1: a tab stands where YAML wants spaces (indent with spaces)");
  }

  @Test
  void syntaxErrorsHaveTheirPlaceAndDoNotHideEarlierDocuments() {
    assertThat(faults(BASE + "colour: red\n---\nkind: VM\nname: [a\n"))
        .containsExactly(
            "web.yaml:6:1: unknown key 'colour' (known: kind, name, vcpus, memory, cpu, boot,"
                + " disks, nics, placement, run, automation, type, machine, emulator, labels, limits, hugepages, devices, memoryMode, iothreads, sharePages, guestAgent, domainXml)",
            "web.yaml:10:1: this is not YAML: while parsing a flow sequence: expected ',' or ']',"
                + " but got <stream end>");
  }

  @Test
  void binaryAndOtherEncodings() {
    assertThat(faults("kind: VM\nname: a\u0000b\n"))
        .containsExactly(
            "web.yaml:2:8: character U+0000 has no place in YAML (is this a text file?)");
    assertThat(faults("kind: VM\nname: \uFFFD\n"))
        .containsExactly("web.yaml:2:7: these bytes are not UTF-8 text (save the file as UTF-8)");
  }

  @Test
  void aliasBombsAreNotUnfolded() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 20; i++) {
      String alias = "*a" + (i - 1);
      String items = String.join(",", Collections.nCopies(10, alias));
      bomb.append("a%d: &a%d [%s]%n".formatted(i, i, items));
    }
    assertThat(faults(bomb.toString()))
        .filteredOn(fault -> fault.contains("aliases such as"))
        .hasSize(190);
  }

  @Test
  void deepNesting() {
    String fault = ": this lies deeper than 32 lists and mappings";
    assertThat(faults("kind: " + "[".repeat(500_000) + "]".repeat(500_000)))
        .containsExactly("web.yaml:1:38" + fault);
    assertThat(faults("[".repeat(1_000_000))).containsExactly("web.yaml:1:33" + fault);
    assertThat(faults(BASE + "labels: " + "{a: ".repeat(250_000)))
        .containsExactly("web.yaml:6:133" + fault);
    assertThat(faults("- ".repeat(500_000))).containsExactly("web.yaml:1:65" + fault);
    assertThat(faults("? ".repeat(500_000))).containsExactly("web.yaml:1:65" + fault);
  }

  @Test
  void sizes() {
    assertThat(faults("#".repeat(SpecParser.FILE_BYTES_LIMIT + 1)))
        .containsExactly("web.yaml:1:1: the file has more than 1048576 bytes (split it)");
    assertThat(faults(BASE + "#" + "\u00e9".repeat(SpecParser.FILE_BYTES_LIMIT / 2)))
        .containsExactly("web.yaml:1:1: the file has more than 1048576 bytes (split it)");
    assertThat(faults(BASE + "labels: {a: " + "b".repeat(257) + "}"))
        .containsExactly("web.yaml:6:13: 'labels.a' has 257 characters: at most 256");
    List<SourceFile> many =
        Collections.nCopies(SpecParser.FILE_LIMIT + 1, new SourceFile("a.yaml", BASE));
    assertThat(SpecParser.parse(many, Parsed.CLUSTER).faults())
        .extracting(Fault::toString)
        .containsExactly(
            "a.yaml:1:1: 10001 files are more than the 10000 read in one run (apply them in"
                + " parts)");
  }

  @Test
  void faultsAreBounded() {
    List<String> faults =
        faults("nics: [" + "{}, ".repeat(10) + "]\n" + "a: *b\n---\n".repeat(2_000));
    assertThat(faults).hasSize(Faults.FAULT_LIMIT);
    assertThat(faults.getLast()).containsPattern("and [0-9]+ more faults, not listed");
  }

  @Test
  void messagesStayOnOneLineAndHarmless() {
    assertThat(faults("\"a\\nb\\e[31m\": 1\n" + BASE))
        .singleElement()
        .asString()
        .startsWith("web.yaml:1:1: unknown key 'a\\nbU+001B[31m' (known:");
    assertThat(faults("k".repeat(1_000) + ": 1\n" + BASE))
        .singleElement()
        .asString()
        .startsWith("web.yaml:1:1: unknown key '" + "k".repeat(60) + "…' (known:");
  }
}
