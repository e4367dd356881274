package dev.ballast.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What docs/vm-yaml.md shows is what happens; {@code -Dballast.golden.update=true} renews it. */
class DocumentedFormatTest {
  private static final Path PAGE = Path.of("../docs/vm-yaml.md");
  private static final Pattern BLOCK =
      Pattern.compile("```(?:yaml|text)\n(.*?)```", Pattern.DOTALL);

  private static List<String> blocks(String page) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(page);
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void exampleHasNoFault() throws IOException {
    String example = blocks(Files.readString(PAGE)).getFirst();
    assertThat(Parsed.file(example).specs()).hasSize(2);
  }

  @Test
  void shownFaultsAreTheRealOnes() throws IOException {
    String page = Files.readString(PAGE);
    List<String> blocks = blocks(page);
    String faults =
        SpecCheck.all(Parsed.file(blocks.get(1)), SpecCheckTest.smallCluster()).stream()
            .map(fault -> fault + "\n")
            .collect(Collectors.joining());
    if (Boolean.getBoolean("ballast.golden.update")) {
      String renewed = page.replace("```text\n" + blocks.get(2), "```text\n" + faults);
      Files.writeString(PAGE, renewed, StandardCharsets.UTF_8);
    }
    assertThat(blocks(Files.readString(PAGE)).get(2)).isEqualTo(faults);
  }
}
