package dev.ballast.agent.host.storage;

import dev.ballast.core.model.DiskSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Where files are kept.
 *
 * @param images the directory of images
 * @param imageLimitBytes no image may be larger
 * @param pools the directories that volumes may lie in
 * @param thinHighWaterPercent a pool whose file system is fuller takes no new volume, and none
 *     grows: those that are there take more as their guests write
 */
public record StoreSettings(
    Path images, long imageLimitBytes, List<Path> pools, int thinHighWaterPercent) {
  public static final int DEFAULT_THIN_HIGH_WATER_PERCENT = 85;

  public static final Path DEFAULT_IMAGES = Path.of("/var/lib/ballast/images");
  public static final long DEFAULT_IMAGE_LIMIT_BYTES = 64L << 30;

  /** As without any configuration. */
  public static final StoreSettings DEFAULT =
      new StoreSettings(
          DEFAULT_IMAGES, DEFAULT_IMAGE_LIMIT_BYTES, List.of(Path.of(DiskSpec.DEFAULT_POOL)));

  /** As without a word on how full pools may be. */
  public StoreSettings(Path images, long imageLimitBytes, List<Path> pools) {
    this(images, imageLimitBytes, pools, DEFAULT_THIN_HIGH_WATER_PERCENT);
  }

  public StoreSettings {
    pools = List.copyOf(pools);
  }
}
