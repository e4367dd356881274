package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What /proc/cpuinfo says of the first processor and which processors it lists.
 *
 * @param fields the fields before the first blank line after a processor line, and those of the
 *     whole machine; the first value of a name wins
 * @param processors the numbers of the processors listed
 */
record ProcCpuInfo(Map<String, String> fields, List<Integer> processors) {
  private static final int PROCESSOR_LIMIT = 8192;
  private static final List<String> MODEL_NAMES =
      List.of("model name", "Processor", "cpu model", "chip type", "cpu");

  static ProcCpuInfo read(KernelFiles files) {
    Map<String, String> fields = new LinkedHashMap<>();
    List<Integer> processors = new ArrayList<>();
    for (String line : files.read("/proc/cpuinfo").orElse("").split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String name = line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      if (name.equals("processor") && processors.size() < PROCESSOR_LIMIT) {
        KernelFiles.leadingLong(value).ifPresent(number -> processors.add((int) number));
      } else {
        fields.putIfAbsent(name, value);
      }
    }
    return new ProcCpuInfo(Map.copyOf(fields), List.copyOf(processors));
  }

  /** The processor's name, empty where the file tells none. */
  String model() {
    return MODEL_NAMES.stream()
        .map(name -> fields.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** The processor's features: {@code flags} on x86, {@code Features} on ARM. */
  List<String> flags() {
    String flags = fields.getOrDefault("flags", fields.getOrDefault("Features", ""));
    return flags.isBlank() ? List.of() : List.of(flags.strip().split("\\s+"));
  }

  /** AMD's families 15h and 16h pair cores into compute units, which sysfs shows as siblings. */
  boolean hasComputeUnits() {
    String family = fields.getOrDefault("cpu family", "");
    return fields.getOrDefault("vendor_id", "").equals("AuthenticAMD")
        && (family.equals("21") || family.equals("22"));
  }
}
