package dev.ballast.coordinator.cli;

import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.v1.Drift;
import dev.ballast.v1.Host;
import dev.ballast.v1.HostSetting;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Images in the stores of hosts. */
@Command(
    name = "image",
    description = {
      "Images in the stores of hosts: list them, fetch one, take one out.",
      "",
      "Each host fetches by itself, checks the digest, and keeps the file read-only and, where its"
          + " file system can, immutable. An image is never replaced: a new one gets a new name. One"
          + " that is taken out lies in the trash of its host. With 'kind: Image' in a file 'ballast"
          + " apply' does the same."
    })
final class ImageCommand extends ApiCommand {
  /** What is to become of the image. */
  enum Verb {
    LIST,
    FETCH,
    REMOVE
  }

  @Parameters(index = "0", paramLabel = "list|fetch|remove")
  private Verb verb = Verb.LIST;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = "--on",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--source",
      paramLabel = "URL",
      description = "Whence it is fetched: http://, https://, or file:/// on each host.")
  private String source = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "qcow2 or raw; qcow2 without it.")
  private String format = "qcow2";

  @Option(
      names = "--sha256",
      paramLabel = "DIGEST",
      description = "What 'sha256sum FILE' prints of it.")
  private @Nullable String sha256;

  @Option(
      names = "--sha512",
      paramLabel = "DIGEST",
      description = "What 'sha512sum FILE' prints of it; one of the two.")
  private @Nullable String sha512;

  @Mixin private final ChangeOptions change = new ChangeOptions();
  @Mixin private final OutputOption output = new OutputOption();

  ImageCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (verb == Verb.LIST) {
      return;
    }
    if (name.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "which image?", "ballast image " + word() + " NAME …");
    }
    if (verb == Verb.REMOVE && (!source.isEmpty() || sha256 != null || sha512 != null)) {
      throw new CliException(
          ExitCode.USAGE, "image remove takes no --source and no digest", "leave them out");
    }
    image();
  }

  private String word() {
    return verb == Verb.FETCH ? "fetch" : "remove";
  }

  @Override
  int run(Session session) {
    if (verb == Verb.LIST) {
      return list(session);
    }
    PlanHostSettingRequest request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setSetting(HostSettingCodec.toProto(image()))
            .build();
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request)));
  }

  private ImageFile image() {
    try {
      return verb == Verb.REMOVE
          ? new ImageFile(name, Optional.empty())
          : new ImageFile(name, new Content(format, digest(), source));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "ballast image fetch debian-12 --source https://HOST/FILE --sha256 DIGEST");
    }
  }

  private String digest() {
    if ((sha256 == null) == (sha512 == null)) {
      throw new IllegalArgumentException("an image needs --sha256 or --sha512, one of them");
    }
    String digits = sha256 == null ? sha512 : sha256;
    String algorithm = sha256 == null ? "sha512" : "sha256";
    return Content.digest(algorithm, String.valueOf(digits))
        .orElseThrow(
            () -> new IllegalArgumentException("'" + digits + "' is no " + algorithm + " digest"));
  }

  private int list(Session session) {
    ListHostsResponse all =
        session.call(stub -> stub.listHosts(ListHostsRequest.getDefaultInstance()));
    ListHostsResponse.Builder images = ListHostsResponse.newBuilder();
    for (Host host : all.getHostsList()) {
      if (hosts.isEmpty() || hosts.contains(host.getName())) {
        images.addHosts(only(host));
      }
    }
    output.print(session, images.build(), (found, wide) -> print(found, session.terminal()));
    return ExitCode.DONE;
  }

  /** The host with its images and what is wrong with them. */
  private Host only(Host host) {
    Host.Builder result =
        Host.newBuilder().setName(host.getName()).setConnected(host.getConnected());
    for (HostSetting setting : host.getSettingsList()) {
      if (setting.hasImage() && (name.isEmpty() || name.equals(setting.getImage().getName()))) {
        result.addSettings(setting);
      }
    }
    for (Drift drift : host.getDriftsList()) {
      if (drift.getObject().contains("/" + ImageFile.key(name))) {
        result.addDrifts(drift);
      }
    }
    return result.build();
  }

  private static void print(ListHostsResponse found, Terminal terminal) {
    Table table = new Table("IMAGE", "HOST", "FORMAT", "DIGEST", "STATE", "SOURCE");
    boolean any = false;
    for (Host host : found.getHostsList()) {
      for (HostSetting setting : host.getSettingsList()) {
        any = true;
        Content content = ((ImageFile) HostSettingCodec.fromProto(setting)).content().orElseThrow();
        boolean edited = content.digest().equals(ImageFile.EDITED);
        table.row(
            setting.getImage().getName(),
            host.getName(),
            content.format(),
            edited ? "" : content.describe().substring(content.format().length() + 1),
            edited ? "edited" : "intact",
            content.source());
      }
      for (Drift drift : host.getDriftsList()) {
        if (drift.getFound().equals("absent")) {
          any = true;
          int colon = drift.getObject().indexOf(':');
          table.row(drift.getObject().substring(colon + 1), host.getName(), "", "", "missing", "");
        }
      }
    }
    if (any) {
      table.print(terminal);
    } else {
      terminal.line("No images: write one with 'kind: Image', or use 'ballast image fetch'.");
    }
  }
}
