package dev.ballast.core.spec;

import dev.ballast.core.model.VmSpec;
import java.util.List;

/** Short ways to parse in tests. */
final class Parsed {
  static final String CLUSTER = "0f1e2d3c-4b5a-4968-8776-655443322110";

  /** What a document needs besides the part under test. */
  static final String BASE =
      """
      kind: VM
      name: web-1
      vcpus: 1
      memory: 128MiB
      disks: [{path: /srv/web-1.qcow2, format: qcow2}]
      """;

  private Parsed() {}

  static SpecResult file(String content) {
    return files(new SourceFile("web.yaml", content));
  }

  static SpecResult files(SourceFile... files) {
    return SpecParser.parse(List.of(files), CLUSTER);
  }

  static List<String> faults(String content) {
    return file(content).faults().stream().map(Fault::toString).toList();
  }

  /** The VM of the base document and these lines, which have no fault. */
  static VmSpec with(String lines) {
    return file(BASE + lines).specs().getFirst();
  }

  /** The faults of the base document and these lines, which begin on line 6. */
  static List<String> faultsWith(String lines) {
    return faults(BASE + lines);
  }
}
