package dev.ballast.core.render;

import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;

/** Renders the NUMA nodes that a guest sees, and what its memory is made of. */
final class NumaXml {
  private static final long CELL_GRANULE_BYTES = 1L << 20;

  private NumaXml() {}

  static void backing(XmlText xml, VmSpec spec) {
    boolean shared = spec.tuning().sharePages();
    Optional<Long> pageBytes = spec.resources().hugepageBytes();
    if (shared && pageBytes.isEmpty()) {
      return;
    }
    xml.open("memoryBacking");
    pageBytes.ifPresent(
        bytes ->
            xml.open("hugepages")
                .empty("page", "size", Long.toString(bytes / 1024), "unit", "KiB")
                .close());
    if (!shared) {
      xml.empty("nosharepages");
    }
    xml.close();
  }

  /** An emulated guest has QEMU's own model. */
  static void cpu(XmlText xml, VmSpec spec, DomainType type, HostLayout layout) {
    int cells = layout.cellNodes().size();
    String[] model =
        type == DomainType.KVM
            ? new String[] {"mode", "host-model", "check", "partial"}
            : new String[0];
    if (cells == 0) {
      if (type == DomainType.KVM) {
        xml.empty("cpu", model);
      }
      return;
    }
    xml.open("cpu", model).open("numa");
    int each = spec.vcpus() / cells;
    for (int cell = 0; cell < cells; cell++) {
      CpuSet vcpus = CpuSet.range(cell * each, (cell + 1) * each - 1);
      xml.empty(
          "cell",
          "id",
          Integer.toString(cell),
          "cpus",
          vcpus.toString(),
          "memory",
          Long.toString(cellBytes(spec, cell, cells) / 1024),
          "unit",
          "KiB");
    }
    xml.close().close();
  }

  /** Whole pages in parts as equal as can be; what is left over is the first one's. */
  private static long cellBytes(VmSpec spec, int cell, int cells) {
    long granule = spec.resources().hugepageBytes().orElse(CELL_GRANULE_BYTES);
    long granules = spec.memoryBytes() / granule;
    long own = granules / cells + (cell < granules % cells ? 1 : 0);
    return own * granule + (cell == 0 ? spec.memoryBytes() % granule : 0);
  }

  static void memoryNodes(XmlText xml, HostLayout layout) {
    List<String> nodes = layout.cellNodes();
    xml.open("numatune");
    xml.empty("memory", "mode", "strict", "nodeset", String.join(",", nodes));
    for (int cell = 0; cell < nodes.size(); cell++) {
      xml.empty(
          "memnode",
          "cellid",
          Integer.toString(cell),
          "mode",
          "strict",
          "nodeset",
          nodes.get(cell));
    }
    xml.close();
  }
}
