package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanAdoptRequest;
import dev.ballast.v1.PlanAdoptResponse;
import dev.ballast.v1.SpecFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Specifies domains as they are. */
@Command(
    name = "adopt",
    description = {
      "Take VMs of a host into Ballast as they are: writes a specification of each, and remembers"
          + " it. Nothing is changed on the host, nothing is restarted.",
      "Without --run, shows what would be written and remembered; nothing is."
    })
final class AdoptCommand extends ApiCommand {
  @Parameters(index = "0", paramLabel = "HOST")
  private String host = "";

  @Parameters(
      index = "1..*",
      paramLabel = "VM",
      description = "Only these; without any, all that can be adopted.")
  private List<String> vms = new ArrayList<>();

  @Option(
      names = {"-d", "--dir"},
      paramLabel = "DIR",
      description = "The folder for the specifications, VM.yaml each; made when it is missing.")
  private @Nullable Path dir;

  @Option(
      names = "--keep-pins",
      description =
          "Write the pins that a definition names into the specification, where nothing but people"
              + " moves them. Without it they are what Ballast starts from.")
  private boolean keepPins;

  @Option(names = "--force", description = "Write over files that are there already.")
  private boolean force;

  @Option(names = "--run", description = "Do it; without this nothing is written or remembered.")
  private boolean run;

  @Mixin private final OutputOption output = new OutputOption();

  AdoptCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (run && dir == null) {
      throw new CliException(
          ExitCode.USAGE, "adopt --run needs a folder for the specifications", "give --dir DIR");
    }
  }

  @Override
  int run(Session session) {
    PlanAdoptRequest request =
        PlanAdoptRequest.newBuilder().setHost(host).addAllVms(vms).setKeepPins(keepPins).build();
    PlanAdoptResponse response = session.call(stub -> stub.planAdopt(request));
    if (output.isDocument()) {
      Documents.print(response, output.format, session.terminal());
    }
    PlanFlow flow = new PlanFlow(session);
    if (!flow.isPlan(response.getPlan())) {
      return flow.refuse(response.getPlan());
    }
    Terminal terminal = session.terminal();
    response.getLeftAloneList().forEach(why -> terminal.error("left alone: " + why));
    response.getNetworksList().forEach(what -> terminal.error("libvirt network " + what));
    if (response.getFilesCount() == 0) {
      if (!output.isDocument()) {
        terminal.line("Nothing to adopt: " + host + " has no other VM that could be.");
      }
      return ExitCode.DONE;
    }
    return run && dir != null
        ? carryOut(flow, terminal, response, dir)
        : preview(flow, terminal, response);
  }

  private int preview(PlanFlow flow, Terminal terminal, PlanAdoptResponse response) {
    if (output.isDocument()) {
      return ExitCode.DONE;
    }
    flow.show(response.getPlan());
    for (SpecFile file : response.getFilesList()) {
      terminal.line("");
      terminal.line("--- # would be written: " + AdoptedFiles.place(dir, file));
      terminal.block(file.getContent());
    }
    terminal.line("");
    terminal.line(
        "Nothing was written, remembered or changed. To do it: ballast adopt "
            + host
            + vms.stream().map(vm -> " " + vm).reduce("", String::concat)
            + (keepPins ? " --keep-pins" : "")
            + " --dir "
            + (dir == null ? "DIR" : dir)
            + " --run");
    return ExitCode.DONE;
  }

  private int carryOut(PlanFlow flow, Terminal terminal, PlanAdoptResponse response, Path folder) {
    new AdoptedFiles(folder, force).write(response.getFilesList());
    terminal.line("Wrote " + Words.count(response.getFilesCount(), "file") + " into " + folder);
    int exitCode = flow.carryOut(response.getPlan(), true);
    terminal.line(
        exitCode == ExitCode.DONE
            ? "Adopted. 'ballast plan -f " + folder + "' has nothing to do until you change them."
            : "The files are written, but not remembered: try 'ballast adopt' with --force.");
    return exitCode;
  }
}
