package dev.ballast.agent;

import dev.ballast.agent.host.storage.ImageVerification;
import dev.ballast.agent.host.storage.ImageVerification.Verified;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ballast-agent verify-images}: whether this host's images are what was fetched. */
@Command(
    name = "verify-images",
    mixinStandardHelpOptions = true,
    description = {
      "Reads this host's images whole and compares them with the digests that they were fetched by.",
      "A damaged one is marked: it shows as drift in the cluster, and no disk is made from it, until it"
          + " is found whole again or 'ballast image remove' and 'fetch' replaced it."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all are whole",
      "1:failed",
      "2:wrong usage, or faults in the configuration",
      "5:an image is damaged or cannot be read"
    })
final class VerifyImagesCommand implements Callable<Integer> {
  private static final int DIFFERENT = 5;

  @Mixin private ConfigOption config = new ConfigOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (spec == null) {
      throw new IllegalStateException("not called through the command line");
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Verified> images = new ImageVerification(config.load().storage()).run();
    images.forEach(
        image ->
            out.println(
                (image.whole() ? "whole    " : "DAMAGED  ") + image.name() + "  " + image.told()));
    long damaged = images.stream().filter(image -> !image.whole()).count();
    out.println(
        (images.size() == 1 ? "1 image" : images.size() + " images") + ", " + damaged + " damaged");
    return damaged == 0 ? 0 : DIFFERENT;
  }
}
