package dev.ballast.agent.host.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether a pool takes more: volumes are thin, so a file system that is nearly full may become full
 * by what guests write into those that are there.
 */
final class VolumeRoom {
  private final StoreSettings settings;
  private final PoolSpace space;

  VolumeRoom(StoreSettings settings, PoolSpace space) {
    this.settings = settings;
    this.space = space;
  }

  /**
   * Why the file is not to be made or to grow, with the remedy.
   *
   * @param moreBytes what that writes at once
   */
  Optional<String> lack(Path file, long moreBytes) {
    Path pool = Sidecar.directory(file);
    try {
      long percent = space.of(pool).usedPercent(moreBytes);
      return percent <= settings.thinHighWaterPercent()
          ? Optional.empty()
          : Optional.of(
              pool
                  + (moreBytes > 0 ? " would be " : " is ")
                  + percent
                  + " % full, above its high-water mark of "
                  + settings.thinHighWaterPercent()
                  + " %: purge the trash ('ballast trash'), use another pool, or raise"
                  + " 'storage.thinHighWaterPercent' of agent.yaml");
    } catch (IOException e) {
      return Optional.of("cannot tell how full " + pool + " is: " + e.getMessage());
    }
  }
}
