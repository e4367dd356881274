package dev.ballast.agent.command;

import dev.ballast.agent.host.machine.Commands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The programs of a fake host: what they are told is kept, and done where a test looks at it. */
final class FakePrograms implements Commands {
  private static final long QEMU_IMG_MILLIS = 60_000;

  /** Programs that were run. */
  final List<List<String>> commands = new ArrayList<>();

  /** Programs that change the machine fail. */
  boolean fail;

  private final FakeFiles files;
  private final FakeNft nft;

  FakePrograms(FakeFiles files) {
    this.files = files;
    this.nft = new FakeNft(files.path("fake/nft"));
  }

  FakeNft nft() {
    return nft;
  }

  FakeIp ip() throws IOException {
    return new FakeIp(files.path("fake/ip"));
  }

  @Override
  public void run(List<String> command) throws IOException, InterruptedException {
    commands.add(command);
    if (fail) {
      throw new IOException("'" + String.join(" ", command) + "' failed");
    }
    if (command.getFirst().equals("qemu-img")) {
      Commands.real(QEMU_IMG_MILLIS).run(command);
    }
    if (command.getFirst().equals("systemctl")) {
      files.put(
          "etc/systemd/system.control/machine.slice.d/50-AllowedCPUs.conf",
          "[Slice]\n" + command.getLast() + "\n");
    }
  }

  @Override
  public String read(List<String> command) throws IOException {
    return isIp(command) ? ip().read(command) : nft.list();
  }

  @Override
  public void feed(List<String> command, String input) throws IOException, InterruptedException {
    run(command);
    if (isIp(command)) {
      ip().batch(input);
    } else {
      nft.load(input);
    }
  }

  private static boolean isIp(List<String> command) {
    return command.getFirst().equals("ip");
  }
}
