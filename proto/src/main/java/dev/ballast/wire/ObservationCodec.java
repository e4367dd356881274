package dev.ballast.wire;

import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.VmName;
import dev.ballast.v1.Observation;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an agent sees on its host. {@code fromProto} throws {@link WireException}. */
public final class ObservationCodec {
  private ObservationCodec() {}

  public static Observation toProto(HostObservation observation) {
    Observation.Builder result =
        Observation.newBuilder()
            .setVersion(observation.version())
            .addAllDomains(
                observation.domains().values().stream().map(ModelCodec::toProto).toList())
            .addAllLacks(ModelCodec.lacksToProto(observation.lacks()))
            .putAllVersions(observation.versions())
            .setFrozen(observation.frozen())
            .addAllFrozenVms(observation.frozenVms().stream().map(VmName::value).toList())
            .addAllSettings(HostSettingCodec.toProto(observation.settings()))
            .setFacts(FactsCodec.toProto(observation.facts()));
    observation.ksm().ifPresent(ksm -> result.setKsm(ModelCodec.toProto(ksm)));
    observation.ovs().ifPresent(ovs -> result.setOvs(SwitchCodec.toProto(ovs)));
    return result.build();
  }

  public static HostObservation fromProto(Observation observation) {
    At at = new At("Observation");
    return new HostObservation(
        at.natural("version", observation.getVersion()),
        ModelCodec.domainsFromProto(observation.getDomainsList()),
        observation.hasKsm()
            ? Optional.of(ModelCodec.fromProto(observation.getKsm()))
            : Optional.empty(),
        ModelCodec.lacksFromProto(observation.getLacksList()),
        new TreeMap<>(observation.getVersionsMap()),
        observation.getFrozen(),
        new TreeSet<>(
            at.list(
                "frozen_vms",
                observation.getFrozenVmsList(),
                WireLimits.DOMAINS,
                (name, place) -> place.make(() -> new VmName(name)))),
        at.optional("facts", observation.hasFacts(), observation.getFacts(), FactsCodec::facts)
            .orElse(HostFacts.NONE),
        observation.hasOvs()
            ? Optional.of(SwitchCodec.observed(observation.getOvs(), at.field("ovs")))
            : Optional.empty(),
        HostSettingCodec.observed(observation.getSettingsList(), at.field("settings")));
  }
}
