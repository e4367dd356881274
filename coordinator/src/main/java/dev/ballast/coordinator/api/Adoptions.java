package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.coordinator.cluster.DefinitionQueries.Definition;
import dev.ballast.coordinator.cluster.DefinitionQueries.Unanswered;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.AdoptPlanner;
import dev.ballast.core.planning.PlanProblem;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.spec.AdoptedFile;
import dev.ballast.v1.PlanAdoptRequest;
import dev.ballast.v1.PlanAdoptResponse;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SpecFile;
import dev.ballast.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Plans to specify domains as they are; asks their agent, which is sent no command. */
final class Adoptions {
  private static final int RESPONSE_BYTES_LIMIT = WireLimits.OPERATOR_MESSAGE_BYTES * 3 / 4;

  private final Cluster cluster;
  private final DefinitionQueries queries;
  private final Plans plans;
  private final AdoptPlanner planner = new AdoptPlanner();

  Adoptions(Cluster cluster, DefinitionQueries queries, Plans plans) {
    this.cluster = cluster;
    this.queries = queries;
    this.plans = plans;
  }

  PlanAdoptResponse adopt(PlanAdoptRequest request) {
    Snapshot snapshot = cluster.snapshot();
    HostView host = Inventories.knownHost(snapshot, request.getHost());
    Gathering gathering = new Gathering(snapshot, host, request);
    try {
      gathering.gather();
    } catch (Unanswered e) {
      gathering.problems.add(String.valueOf(e.getMessage()));
    }
    if (!gathering.problems.isEmpty()) {
      return PlanAdoptResponse.newBuilder()
          .setPlan(
              PlanResponse.newBuilder()
                  .setParentVersion(snapshot.version())
                  .addAllProblems(gathering.problems))
          .build();
    }
    return response(snapshot, gathering);
  }

  private PlanAdoptResponse response(Snapshot snapshot, Gathering gathering) {
    PlanResult result = planner.plan(snapshot, gathering.request(gathering.definitions));
    PlanAdoptResponse.Builder response =
        PlanAdoptResponse.newBuilder().addAllLeftAlone(gathering.leftAlone);
    if (gathering.request.getVmsCount() == 0) {
      response.addAllNetworks(networks(gathering.host));
    }
    if (result instanceof PlanResult.Planned(var plan)) {
      for (DesiredChange change : plan.changes()) {
        if (change instanceof DesiredChange.PutSpec(var spec)) {
          response.addFiles(
              SpecFile.newBuilder()
                  .setPath(spec.name() + ".yaml")
                  .setContent(AdoptedFile.of(spec, gathering.host.name())));
        }
      }
    }
    if (response.build().getSerializedSize() > RESPONSE_BYTES_LIMIT) {
      throw Problem.tooMuch("the files of so many VMs are too large; name fewer of them");
    }
    return response.setPlan(plans.answer(snapshot, result)).build();
  }

  /** No network is taken over: that would restart it, and cut off the guests in it. */
  private static List<String> networks(HostView host) {
    List<String> lines = new ArrayList<>();
    if (host.settings().get(OtherNetworks.KEY) instanceof OtherNetworks others) {
      others
          .networks()
          .forEach(
              (name, what) ->
                  lines.add(
                      name
                          + ": "
                          + what
                          + ": stays its owner's, and the cards of guests in it stay; 'ballast"
                          + " libvirt-network set' makes others beside it"));
    }
    return lines;
  }

  /** Of one call: the definitions, and what stands against them. */
  private final class Gathering {
    private final Snapshot snapshot;
    private final HostView host;
    private final PlanAdoptRequest request;
    private final SortedMap<VmName, String> definitions = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> leftAlone = new ArrayList<>();

    Gathering(Snapshot snapshot, HostView host, PlanAdoptRequest request) {
      this.snapshot = snapshot;
      this.host = host;
      this.request = request;
    }

    AdoptPlanner.Request request(SortedMap<VmName, String> of) {
      return new AdoptPlanner.Request(host.name(), of, request.getKeepPins());
    }

    void gather() throws Unanswered {
      if (!host.connected()) {
        throw new Unanswered(
            "host "
                + host.name()
                + " is not connected; see 'systemctl status ballast-agent' there");
      }
      if (request.getVmsCount() == 0) {
        gatherAll();
        return;
      }
      for (String name : request.getVmsList()) {
        if (!VmName.FORM.matcher(name).matches()) {
          problems.add(
              "'"
                  + name
                  + "': no specification may have that name (letters, digits, '-', '_' and '.', at"
                  + " most 63); rename the domain with 'virsh domrename'");
          continue;
        }
        ObservedDomain domain = host.domains().get(new VmName(name));
        if (domain == null) {
          problems.add(name + ": is no domain of " + host.name() + "; 'ballast vms' lists them");
        } else {
          gather(domain).ifPresent(why -> problems.add(name + ": " + why));
        }
      }
    }

    private void gatherAll() throws Unanswered {
      for (ObservedDomain domain : host.domains().values()) {
        if (snapshot.specs().containsKey(domain.name())) {
          continue;
        }
        gather(domain).ifPresent(why -> leftAlone.add(domain.name() + ": " + why));
      }
      leftAlone.addAll(queries.leftOut(host.name()));
    }

    /** Takes the domain's definition, or says why it cannot be adopted. */
    private Optional<String> gather(ObservedDomain domain) throws Unanswered {
      Optional<String> obstacle = planner.obstacle(snapshot, host.name(), domain);
      if (obstacle.isPresent()) {
        return obstacle;
      }
      Definition definition = queries.definition(host.name(), domain.name().value());
      if (definition.xml().isEmpty()) {
        return Optional.of(definition.problem());
      }
      SortedMap<VmName, String> alone = new TreeMap<>();
      alone.put(domain.name(), definition.xml().get());
      return switch (planner.plan(snapshot, request(alone))) {
        case PlanResult.Impossible(List<PlanProblem> found) ->
            Optional.of(String.join("; ", found.stream().map(PlanProblem::message).toList()));
        case PlanResult.Planned ignored -> {
          definitions.putAll(alone);
          yield Optional.empty();
        }
      };
    }
  }
}
