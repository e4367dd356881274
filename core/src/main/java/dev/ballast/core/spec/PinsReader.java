package dev.ballast.core.spec;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the CPUs that people chose for a VM's threads. */
final class PinsReader {
  /** The number of vCPUs when it could not be read. */
  static final int UNKNOWN = 0;

  private PinsReader() {}

  /** Nothing unless every list could be read. */
  static Optional<CpuPins> pins(Field field, int vcpus, CpuPolicy policy) {
    Optional<Section> pins = field.section("vcpus", "emulator");
    if (pins.isEmpty()) {
      return Optional.empty();
    }
    Optional<Field> lists = pins.get().require("vcpus", "one CPU list for each vCPU");
    List<CpuSet> cpus = lists.map(list -> lists(list, vcpus)).orElse(List.of());
    Optional<Field> written = pins.get().get("emulator");
    Optional<CpuSet> emulator = written.flatMap(PinsReader::cpus);
    if (cpus.isEmpty() || (written.isPresent() && emulator.isEmpty())) {
      return Optional.empty();
    }
    CpuSet all = cpus.stream().reduce(CpuSet.EMPTY, CpuSet::union);
    if (policy == CpuPolicy.DEDICATED && all.size() < cpus.size()) {
      lists
          .get()
          .fault(
              "policy 'dedicated' gives each vCPU a CPU of its own, the pins have "
                  + all.size()
                  + " for "
                  + cpus.size()
                  + " vCPUs");
    }
    return Optional.of(new CpuPins(cpus, emulator.orElse(all)));
  }

  private static List<CpuSet> lists(Field field, int vcpus) {
    Optional<List<Field>> items = field.items(VmReader.VCPU_LIMIT, "[\"0\", \"1\"]");
    if (items.isEmpty()) {
      return List.of();
    }
    List<CpuSet> lists = new ArrayList<>();
    items.get().forEach(item -> cpus(item).ifPresent(lists::add));
    int written = items.get().size();
    if (vcpus != UNKNOWN && written != vcpus) {
      field.fault(
          "'" + field.key() + "' has " + written + " CPU lists for " + vcpus + " vCPUs",
          "write one for each vCPU");
      return List.of();
    }
    return lists.size() == written ? lists : List.of();
  }

  private static Optional<CpuSet> cpus(Field field) {
    Optional<String> text = field.text(SpecParser.TEXT_LIMIT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      CpuSet cpus = CpuSet.parse(text.get());
      if (!cpus.isEmpty()) {
        return Optional.of(cpus);
      }
      field.fault("'" + field.key() + "' names no CPU", "such as \"0-3,5\"");
    } catch (IllegalArgumentException e) {
      field.fault("'" + field.key() + "' is a CPU list: " + e.getMessage(), "such as \"0-3,5\"");
    }
    return Optional.empty();
  }
}
