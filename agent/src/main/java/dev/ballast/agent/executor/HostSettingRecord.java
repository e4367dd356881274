package dev.ballast.agent.executor;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.topology.CpuSet;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;

/** One thing of the machine in an undo record. */
final class HostSettingRecord {
  private static final int HUGEPAGES = 1;
  private static final int RESERVED_CPUS = 2;
  private static final int TIME_SOURCES = 3;

  private HostSettingRecord() {}

  static void write(DataOutputStream out, HostSetting setting) throws IOException {
    switch (setting) {
      case Hugepages(long pageSizeBytes, int node, long count) -> {
        out.writeByte(HUGEPAGES);
        out.writeLong(pageSizeBytes);
        out.writeInt(node);
        out.writeLong(count);
      }
      case ReservedCpus(CpuSet cpus) -> {
        out.writeByte(RESERVED_CPUS);
        ObjectStateCodec.text(out, cpus.toString());
      }
      case TimeSources(SortedSet<String> servers) -> {
        out.writeByte(TIME_SOURCES);
        out.writeInt(servers.size());
        for (String server : servers) {
          ObjectStateCodec.text(out, server);
        }
      }
    }
  }

  static HostSetting read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case HUGEPAGES -> new Hugepages(in.readLong(), in.readInt(), in.readLong());
      case RESERVED_CPUS -> new ReservedCpus(CpuSet.parse(ObjectStateCodec.text(in)));
      case TIME_SOURCES -> {
        int count = in.readInt();
        if (count < 0 || count > TimeSources.SERVER_LIMIT) {
          throw new IOException(count + " time servers");
        }
        SortedSet<String> servers = new TreeSet<>();
        for (int i = 0; i < count; i++) {
          servers.add(ObjectStateCodec.text(in));
        }
        yield new TimeSources(servers);
      }
      default -> throw new IOException("thing of unknown kind " + kind);
    };
  }
}
