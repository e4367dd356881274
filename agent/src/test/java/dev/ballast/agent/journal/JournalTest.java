package dev.ballast.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.agent.journal.Journal.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalTest {
  private Path directory = Path.of("/nonexistent");

  @BeforeEach
  @BeforeTry
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("journal");
  }

  @AfterEach
  @AfterTry
  void deleteDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static byte[] frame(int number) {
    byte[] bytes = new byte[1 + number * 7 % 60];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  /** Writes frames and returns the file's length after each, the header's first. */
  private List<Long> write(int count) throws IOException {
    List<Long> ends = new ArrayList<>();
    try (Journal journal = Journal.open(directory).journal()) {
      ends.add(journal.sizeBytes());
      for (int i = 0; i < count; i++) {
        journal.append(Need.MAY_REFUSE, frame(i));
        ends.add(journal.sizeBytes());
      }
    }
    return ends;
  }

  private Journal.Opened reopen() throws IOException {
    Journal.Opened opened = Journal.open(directory);
    opened.journal().close();
    return opened;
  }

  private Path file() {
    return directory.resolve("journal");
  }

  private static void requireFirst(List<byte[]> frames, int count) {
    assertThat(frames).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(frames.get(i)).isEqualTo(frame(i));
    }
  }

  @Property(tries = 150)
  void aFileCutAnywhereKeepsAllWholeFramesAndInventsNone(
      @ForAll @IntRange(max = 8) int count, @ForAll @IntRange(max = 999) int place)
      throws IOException {
    List<Long> ends = write(count);
    byte[] bytes = Files.readAllBytes(file());
    int cut = Math.toIntExact(bytes.length * (long) place / 999);
    Files.write(file(), Arrays.copyOf(bytes, cut));

    Journal.Opened opened = reopen();

    requireFirst(
        opened.frames(), Math.toIntExact(ends.stream().skip(1).filter(end -> end <= cut).count()));
    assertThat(opened.damage()).isEmpty();
  }

  @Property(tries = 150)
  void aGarbledTailKeepsAllFramesBeforeItAndInventsNone(
      @ForAll @IntRange(min = 1, max = 8) int count,
      @ForAll @Size(min = 1, max = 40) byte[] garbage)
      throws IOException {
    List<Long> ends = write(count);
    byte[] bytes = Files.readAllBytes(file());
    int lastFrame = Math.toIntExact(ends.get(count - 1));
    byte[] torn = Arrays.copyOf(bytes, lastFrame + garbage.length);
    System.arraycopy(garbage, 0, torn, lastFrame, garbage.length);
    Files.write(file(), torn);

    Journal.Opened opened = reopen();

    requireFirst(opened.frames(), count - 1);
    assertThat(opened.damage()).isEmpty();
  }

  @Property(tries = 150)
  void oneFlippedBitIsNoticedAndKeepsAllFramesBeforeIt(
      @ForAll @IntRange(min = 1, max = 8) int count,
      @ForAll @IntRange(max = 999) int place,
      @ForAll @IntRange(max = 7) int bit)
      throws IOException {
    List<Long> ends = write(count);
    byte[] bytes = Files.readAllBytes(file());
    int header = Math.toIntExact(ends.getFirst());
    int flipped = header + Math.toIntExact((bytes.length - header - 1L) * place / 999);
    bytes[flipped] ^= (byte) (1 << bit);
    Files.write(file(), bytes);

    Journal.Opened opened = reopen();

    int before = Math.toIntExact(ends.stream().skip(1).filter(end -> end <= flipped).count());
    requireFirst(opened.frames(), before);
    assertThat(opened.damage().isPresent()).as("frames lie behind").isEqualTo(before < count - 1);
  }

  @Test
  void aCutTailIsGoneForGood() throws IOException {
    write(3);
    byte[] bytes = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(bytes, bytes.length - 1));
    try (Journal journal = Journal.open(directory).journal()) {
      journal.append(Need.MAY_REFUSE, new byte[] {42});
    }

    List<byte[]> frames = reopen().frames();

    assertThat(frames).hasSize(3);
    assertThat(frames.getLast()).containsExactly(42);
  }

  @Test
  void aFrameInsideOfAFrameIsNoFrame() throws IOException {
    write(1);
    byte[] inner = Files.readAllBytes(file());
    try (Journal journal = Journal.open(directory).journal()) {
      journal.append(Need.MAY_REFUSE, inner);
    }
    byte[] bytes = Files.readAllBytes(file());
    bytes[FrameFormat.HEADER_BYTES + FrameFormat.FRAME_HEADER_BYTES + frame(0).length] ^= 1;
    Files.write(file(), bytes);

    Journal.Opened opened = reopen();

    requireFirst(opened.frames(), 1);
    assertThat(opened.damage()).isEmpty();
  }

  @Test
  void aDamagedJournalTakesNothingUntilItIsMovedAway() throws IOException {
    List<Long> ends = write(3);
    byte[] bytes = Files.readAllBytes(file());
    bytes[Math.toIntExact(ends.get(1)) + 3] ^= 1;
    Files.write(file(), bytes);

    Journal.Opened opened = Journal.open(directory);

    assertThat(opened.damage()).hasValueSatisfying(text -> assertThat(text).contains("move"));
    assertThatThrownBy(() -> opened.journal().append(Need.MUST_RECORD, new byte[1]))
        .isInstanceOf(JournalException.class);
    opened.journal().close();
    assertThat(Files.readAllBytes(file())).as("left for people").isEqualTo(bytes);
    Files.delete(file());
    assertThat(reopen().damage()).isEmpty();
  }

  @Test
  void rewritingReplacesEverything() throws IOException {
    write(5);
    try (Journal journal = Journal.open(directory).journal()) {
      journal.rewrite(List.of(frame(0), frame(1)));
      journal.append(Need.MAY_REFUSE, frame(2));
    }

    requireFirst(reopen().frames(), 3);
  }

  @Test
  void aRewriteThatWasCutOffLeavesTheOldFile() throws IOException {
    write(4);
    Files.write(directory.resolve("journal.new"), new byte[] {1, 2, 3});

    requireFirst(reopen().frames(), 4);
    assertThat(directory.resolve("journal.new")).doesNotExist();
  }

  @Test
  void refusesAFrameThatIsTooLong() throws IOException {
    try (Journal journal = Journal.open(directory).journal()) {
      assertThatThrownBy(
              () -> journal.append(Need.MAY_REFUSE, new byte[Journal.FRAME_LIMIT_BYTES + 1]))
          .isInstanceOf(JournalException.class);
      assertThatThrownBy(
              () ->
                  journal.append(
                      Need.MAY_REFUSE, frame(0), frame(1), new byte[Journal.FRAME_LIMIT_BYTES + 1]))
          .as("nothing of several of which one is too long")
          .isInstanceOf(JournalException.class);
      journal.append(Need.MAY_REFUSE, frame(0));
    }
    requireFirst(reopen().frames(), 1);
  }

  @Test
  void oneAgentOwnsADirectory() throws IOException {
    try (StateDirectory first = StateDirectory.open(directory.resolve("state"))) {
      assertThatThrownBy(() -> StateDirectory.open(first.path()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
    StateDirectory.open(directory.resolve("state")).close();
  }
}
