package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.HostSetting.TimeSources;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The file of time sources that is Ballast's own, beside those that others wrote. */
final class ChronySources {
  static final String DIRECTORY = "/etc/chrony/sources.d";
  static final String FILE = DIRECTORY + "/ballast.sources";

  private static final String SERVER = "server ";

  private final KernelFiles files;

  ChronySources(KernelFiles files) {
    this.files = files;
  }

  /** Absent where chrony has no directory for sources. */
  Optional<TimeSources> read() {
    if (!files.isDirectory(DIRECTORY)) {
      return Optional.empty();
    }
    SortedSet<String> servers = new TreeSet<>();
    for (String line : files.read(FILE).orElse("").split("\n", -1)) {
      if (line.startsWith(SERVER)) {
        servers.add(line.substring(SERVER.length()).strip().split("\\s+", 2)[0]);
      }
    }
    try {
      return Optional.of(new TimeSources(servers));
    } catch (IllegalArgumentException e) {
      // Somebody edited it into what no plan can hold: as far as plans go, nothing is there.
      return Optional.of(new TimeSources(new TreeSet<>()));
    }
  }

  static String text(TimeSources target) {
    StringBuilder text =
        new StringBuilder("# Written by Ballast ('ballast time-sources'); edits show as drift.\n");
    target.servers().forEach(server -> text.append(SERVER).append(server).append(" iburst\n"));
    return text.toString();
  }

  static List<String> reload() {
    return List.of("chronyc", "reload", "sources");
  }
}
