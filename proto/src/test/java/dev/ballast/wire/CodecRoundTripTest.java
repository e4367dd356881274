package dev.ballast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Plan;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is legal crosses the wire, or rests in the store, without loss. */
class CodecRoundTripTest {
  private static final int TRIES = 300;

  @Property(tries = TRIES)
  void commands(@ForAll("commands") Command command) throws InvalidProtocolBufferException {
    byte[] bytes = CommandCodec.toProto(command).toByteArray();
    assertThat(CommandCodec.fromProto(dev.ballast.v1.Command.parseFrom(bytes))).isEqualTo(command);
  }

  @Property(tries = TRIES)
  void outcomes(@ForAll("outcomes") Outcome outcome) {
    assertThat(OutcomeCodec.fromProto(OutcomeCodec.toProto(outcome))).isEqualTo(outcome);
    assertThat(OutcomeCodec.fromProto(List.of(OutcomeCodec.toProto(outcome))))
        .containsExactly(outcome);
  }

  @Property(tries = TRIES)
  void inventories(@ForAll("inventories") HostInventory inventory) {
    assertThat(ModelCodec.fromProto(ModelCodec.toProto(inventory))).isEqualTo(inventory);
    assertThat(TopologyCodec.fromProto(TopologyCodec.toProto(inventory.topology())))
        .isEqualTo(inventory.topology());
  }

  @Property(tries = TRIES)
  void domains(@ForAll("domains") ObservedDomain domain) {
    assertThat(ModelCodec.fromProto(ModelCodec.toProto(domain))).isEqualTo(domain);
    assertThat(ModelCodec.domainsFromProto(List.of(ModelCodec.toProto(domain))))
        .containsOnlyKeys(domain.name())
        .containsValue(domain);
  }

  @Property(tries = TRIES)
  void loads(@ForAll("loads") HostLoad load) {
    assertThat(ModelCodec.fromProto(ModelCodec.toProto(load))).isEqualTo(load);
  }

  @Property(tries = TRIES)
  void alerts(@ForAll("alerts") CpuAlert alert) {
    assertThat(ModelCodec.fromProto(ModelCodec.toProto(alert))).isEqualTo(alert);
  }

  @Property(tries = TRIES)
  void ksmSettings(@ForAll("ksm") KsmSettings settings) {
    assertThat(ModelCodec.fromProto(ModelCodec.toProto(settings))).isEqualTo(settings);
  }

  @Property(tries = TRIES)
  void specifications(@ForAll("specs") VmSpec spec) {
    assertThat(SpecCodec.specFromBytes(SpecCodec.toBytes(spec))).isEqualTo(spec);
  }

  @Property(tries = TRIES)
  void assignments(@ForAll("assignments") Assignment assignment) {
    assertThat(SpecCodec.fromProto(SpecCodec.toProto(assignment))).isEqualTo(assignment);
  }

  @Property(tries = TRIES)
  void plans(@ForAll("plans") Plan plan) {
    assertThat(PlanCodec.fromBytes(PlanCodec.toBytes(plan))).isEqualTo(plan);
  }

  @Provide
  Arbitrary<Command> commands() {
    return Samples.commands();
  }

  @Provide
  Arbitrary<Outcome> outcomes() {
    return Samples.outcomes();
  }

  @Provide
  Arbitrary<HostInventory> inventories() {
    return HostSamples.inventories();
  }

  @Property(tries = 200)
  void facts(@ForAll("facts") HostFacts facts) {
    assertThat(FactsCodec.fromProto(FactsCodec.toProto(facts))).isEqualTo(facts);
  }

  @Provide
  Arbitrary<HostFacts> facts() {
    return HostSamples.facts();
  }

  @Provide
  Arbitrary<ObservedDomain> domains() {
    return HostSamples.domains();
  }

  @Provide
  Arbitrary<HostLoad> loads() {
    return HostSamples.loads();
  }

  @Provide
  Arbitrary<CpuAlert> alerts() {
    return HostSamples.alerts();
  }

  @Provide
  Arbitrary<KsmSettings> ksm() {
    return Samples.ksm();
  }

  @Provide
  Arbitrary<VmSpec> specs() {
    return PlanSamples.specs();
  }

  @Provide
  Arbitrary<Assignment> assignments() {
    return PlanSamples.assignments();
  }

  @Provide
  Arbitrary<Plan> plans() {
    return PlanSamples.plans();
  }
}
