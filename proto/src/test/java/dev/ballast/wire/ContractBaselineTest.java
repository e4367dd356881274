package dev.ballast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Field numbers mean the same for ever. The committed baseline holds every number ever used; a
 * number with another name or type fails, and so does a removed one that is not reserved. After
 * adding fields, run once with {@code -Dballast.golden.update=true}.
 */
class ContractBaselineTest {
  private static final Path BASELINE = Path.of("src/test/resources/contract-v1.txt");
  private static final List<FileDescriptor> FILES =
      List.of(
          dev.ballast.v1.Topology.getDescriptor().getFile(),
          dev.ballast.v1.Action.getDescriptor().getFile(),
          dev.ballast.v1.AgentMessage.getDescriptor().getFile(),
          dev.ballast.v1.Host.getDescriptor().getFile(),
          dev.ballast.v1.StoredPlan.getDescriptor().getFile());

  @Test
  void numbersKeepTheirMeaning() throws IOException {
    SortedMap<String, String> now = current();
    SortedMap<String, String> baseline = read();
    if (Boolean.getBoolean("ballast.golden.update")) {
      assertThat(broken(baseline, now)).as("a flag does not make a reused number right").isEmpty();
      write(baseline, now);
      return;
    }
    assertThat(broken(baseline, now)).isEmpty();
    assertThat(baseline.keySet())
        .as("new fields: run once with -Dballast.golden.update=true and commit the baseline")
        .containsAll(now.keySet());
  }

  @Test
  void everyKindOfBreakIsSeen() {
    SortedMap<String, String> baseline = new TreeMap<>();
    baseline.put("StartDomain 1", "vm string");
    assertThat(broken(baseline, current())).isEmpty();
    baseline.put("StartDomain 1", "vm bytes");
    assertThat(broken(baseline, current())).singleElement().asString().contains("StartDomain 1");
    baseline.put("StartDomain 1", "host string");
    assertThat(broken(baseline, current())).hasSize(1);
    baseline.put("StartDomain 1", "vm string");
    baseline.put("StartDomain 2", "paused bool");
    assertThat(broken(baseline, current()))
        .singleElement()
        .asString()
        .contains("StartDomain 2")
        .contains("reserve");
    baseline.remove("StartDomain 2");
    baseline.put("Automation 9", "AUTOMATION_MAD");
    assertThat(broken(baseline, current())).hasSize(1);
  }

  private static List<String> broken(
      SortedMap<String, String> baseline, SortedMap<String, String> now) {
    List<String> broken = new ArrayList<>();
    baseline.forEach(
        (number, meaning) -> {
          String found = now.get(number);
          if (found == null) {
            broken.add(number + " (" + meaning + ") was removed: reserve its number");
          } else if (!found.equals(meaning) && !found.equals("RESERVED")) {
            broken.add(number + " was '" + meaning + "' and is now '" + found + "'");
          }
        });
    return broken;
  }

  private static SortedMap<String, String> current() {
    SortedMap<String, String> result = new TreeMap<>();
    for (FileDescriptor file : FILES) {
      file.getMessageTypes().forEach(message -> addMessage(message, result));
      file.getEnumTypes().forEach(type -> addEnum(type, result));
    }
    return result;
  }

  private static void addMessage(Descriptor message, SortedMap<String, String> result) {
    for (FieldDescriptor field : message.getFields()) {
      result.put(message.getName() + " " + field.getNumber(), meaning(field));
    }
    for (DescriptorProto.ReservedRange range : message.toProto().getReservedRangeList()) {
      for (int number = range.getStart(); number < range.getEnd(); number++) {
        result.put(message.getName() + " " + number, "RESERVED");
      }
    }
  }

  private static String meaning(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getName();
          case ENUM -> field.getEnumType().getName();
          default ->
              field
                  .toProto()
                  .getType()
                  .name()
                  .substring("TYPE_".length())
                  .toLowerCase(java.util.Locale.ROOT);
        };
    String label =
        field.isRepeated() ? " repeated" : field.toProto().getProto3Optional() ? " optional" : "";
    return field.getName() + " " + type + label;
  }

  private static void addEnum(EnumDescriptor type, SortedMap<String, String> result) {
    type.getValues()
        .forEach(value -> result.put(type.getName() + " " + value.getNumber(), value.getName()));
    type.toProto()
        .getReservedRangeList()
        .forEach(
            range -> {
              for (int number = range.getStart(); number <= range.getEnd(); number++) {
                result.put(type.getName() + " " + number, "RESERVED");
              }
            });
  }

  private static SortedMap<String, String> read() throws IOException {
    SortedMap<String, String> result = new TreeMap<>();
    if (Files.exists(BASELINE)) {
      for (String line : Files.readAllLines(BASELINE)) {
        int split = line.indexOf(": ");
        result.put(line.substring(0, split), line.substring(split + 2));
      }
    }
    return result;
  }

  private static void write(SortedMap<String, String> baseline, SortedMap<String, String> now)
      throws IOException {
    SortedMap<String, String> all = new TreeMap<>(now);
    all.putAll(baseline);
    List<String> lines =
        all.entrySet().stream()
            .filter(entry -> !entry.getValue().equals("RESERVED"))
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .toList();
    Files.createDirectories(BASELINE.getParent());
    Files.write(BASELINE, lines);
  }
}
