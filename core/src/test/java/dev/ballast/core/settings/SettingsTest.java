package dev.ballast.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Path FILE = Path.of("/etc/ballast/some.yaml");

  enum Color {
    RED,
    GREEN
  }

  private static Settings parse(String text) throws SettingsException {
    return Settings.parse(FILE, text);
  }

  @Test
  void readsEachKindOfValue() throws SettingsException {
    Settings settings =
        parse("name: h1\non: true\ncount: 7\ncolor: green\nfile: pki/x.key\ntls:\n  ca: /ca\n");
    assertThat(settings.text("name", "")).isEqualTo("h1");
    assertThat(settings.flag("on", false)).isTrue();
    assertThat(settings.number("count", 1, 1, 10)).isEqualTo(7);
    assertThat(settings.choice("color", Color.RED)).isEqualTo(Color.GREEN);
    assertThat(settings.path("file", FILE)).isEqualTo(Path.of("/etc/ballast/pki/x.key"));
    assertThat(settings.section("tls").path("ca", FILE)).isEqualTo(Path.of("/ca"));
    settings.check();
  }

  @Test
  void readsTextsAndWordsThatPeopleChoose() throws SettingsException {
    Pattern word = Pattern.compile("[a-z]+");
    Settings settings = parse("labels: {rack: r1, b: \"2\"}\ntaints: [gpu, slow]\n");
    assertThat(settings.texts("labels", word, 2)).containsOnlyKeys("b", "rack");
    assertThat(settings.words("taints", word, 2)).containsExactly("gpu", "slow");
    assertThat(settings.texts("other", word, 2)).isEmpty();
    assertThat(settings.words("more", word, 2)).isEmpty();
    settings.check();
    for (String text : new String[] {"x: a\n", "x: {A: b}\n", "x: {a: }\n", "x: {a: [b]}\n"}) {
      Settings wrong = parse(text);
      wrong.texts("x", word, 2);
      assertThatThrownBy(wrong::check).hasMessageContaining("key 'x' must be a mapping");
    }
    for (String text : new String[] {"x: a\n", "x: [A]\n", "x: [a, a]\n", "x: [a, b, c]\n"}) {
      Settings wrong = parse(text);
      wrong.words("x", word, 2);
      assertThatThrownBy(wrong::check).hasMessageContaining("key 'x' must be a list");
    }
  }

  @Test
  void whatIsAbsentOrWithoutValueTakesTheDefault() throws SettingsException {
    for (String text : new String[] {"", "# nothing\n", "count:\ntls:\n", "tls: {}\n"}) {
      Settings settings = parse(text);
      assertThat(settings.number("count", 5, 1, 10)).isEqualTo(5);
      assertThat(settings.section("tls").text("ca", "x")).isEqualTo("x");
      settings.check();
    }
  }

  @Test
  void tellsAllFaultsAtOnceWithTheirLines() throws SettingsException {
    Settings settings =
        parse("count: 11\non: yes\ncolor: blue\ntls:\n  cart: x\ncount: 2\nfoo: 1\nlist: [1]\n");
    settings.number("count", 5, 1, 3);
    settings.flag("on", false);
    settings.choice("color", Color.RED);
    settings.section("tls").text("cert", "");
    settings.text("list", "");
    settings.requiredText("listen");
    assertThatThrownBy(settings::check)
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.faults())
                    .containsExactlyInAnyOrder(
                        FILE + ":6: key 'count' stands twice",
                        FILE + ":2: key 'on' must be true or false",
                        FILE + ":3: key 'color' must be red, green",
                        FILE + ":5: unknown key 'tls.cart'; did you mean 'tls.cert'?",
                        FILE
                            + ":7: unknown key 'foo'; known here: color, count, list, listen, on,"
                            + " tls",
                        FILE + ":8: key 'list' must be a text",
                        FILE + ": key 'listen' is missing"));
  }

  @Test
  void aNumberOutOfBoundsIsAFault() throws SettingsException {
    Settings settings = parse("count: 11");
    settings.number("count", 5, 1, 10);
    assertThatThrownBy(settings::check)
        .hasMessage(FILE + ":1: key 'count' must be a whole number from 1 to 10");
  }

  @Test
  void aScalarInPlaceOfASectionIsAFault() throws SettingsException {
    Settings settings = parse("\ntls: no\n");
    settings.section("tls").text("ca", "");
    assertThatThrownBy(settings::check).hasMessage(FILE + ":2: tls must be a mapping of keys");
  }

  @Test
  void whatIsNotYamlIsRefusedWithItsLine() {
    assertThatThrownBy(() -> parse("a: b\nc: [1\n")).hasMessageStartingWith(FILE + ":3: this is");
    assertThatThrownBy(() -> parse("- a\n").check())
        .hasMessage(FILE + ":1: the file must be a mapping of keys");
  }

  @Test
  void aProgramCanAddFaultsOfItsOwn() throws SettingsException {
    Settings settings = parse("\n\nplaintext: true");
    settings.flag("plaintext", false);
    settings.fault("plaintext", "only on loopback");
    assertThatThrownBy(settings::check).hasMessage(FILE + ":3: key 'plaintext': only on loopback");
  }
}
