package dev.ballast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.Action;
import dev.ballast.v1.Capability;
import dev.ballast.v1.Command;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Inventory;
import dev.ballast.v1.Lack;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.Topology;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the codecs refuse, and the place that they name. */
class CodecRefusalTest {
  private static final VmName WEB = new VmName("web");
  private static final UnknownFieldSet NEWER =
      UnknownFieldSet.newBuilder()
          .addField(
              99,
              UnknownFieldSet.Field.newBuilder()
                  .addLengthDelimited(ByteString.copyFromUtf8("?"))
                  .build())
          .build();

  private static Command.Builder command() {
    return Command.newBuilder().setId(1).setTerm(1).addActions(pin());
  }

  private static dev.ballast.v1.PlannedAction pin() {
    return ActionCodec.toProto(
        new PlannedAction(
            new Reversible.PinCpus(WEB, CpuPins.uniform(2, CpuSet.of(0))),
            new Expectation.KsmRecord(new KsmSettings(0, 100, 20))));
  }

  private static dev.ballast.v1.PlannedAction start() {
    return ActionCodec.toProto(
        new PlannedAction(new Final.StartDomain(WEB), new Expectation.NoDomain()));
  }

  private static void refused(ThrowingCallable call, String path, String problem) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WireException.class, fault -> assertThat(fault.path()).isEqualTo(path))
        .hasMessageContaining(problem);
  }

  static Stream<Arguments> badCommands() {
    return Stream.of(
        Arguments.of(command().setId(0), "Command.id", "0 is not within 1"),
        Arguments.of(command().setId(-1), "Command.id", "-1 is not within 1"),
        Arguments.of(command().setTerm(0), "Command.term", "0 is not within 1"),
        Arguments.of(command().setStampMillis(-5), "Command.stamp_millis", "-5 is not within 0"),
        Arguments.of(
            command().setConfirmWithinMillis(0), "Command.confirm_within_millis", "0 is not"),
        Arguments.of(command().clearActions(), "Command.actions", "1 to 1000 actions"),
        Arguments.of(command().addActions(start()), "Command.actions", "stands alone"),
        Arguments.of(
            command().setUnknownFields(NEWER), "Command", "field 99, which this version does not"),
        Arguments.of(
            command()
                .setActions(
                    0,
                    pin().toBuilder()
                        .setAction(
                            pin().getAction().toBuilder()
                                .setPinCpus(
                                    pin().getAction().getPinCpus().toBuilder()
                                        .setUnknownFields(NEWER)))),
            "Command.actions[0].action.pin_cpus",
            "field 99"),
        Arguments.of(
            command()
                .setActions(
                    0,
                    pin().toBuilder()
                        .setExpectation(
                            pin().getExpectation().toBuilder().setUnknownFields(NEWER))),
            "Command.actions[0].expectation",
            "field 99"),
        Arguments.of(
            command().addActions(pin().toBuilder().setAction(Action.getDefaultInstance())),
            "Command.actions[1].action",
            "no action that this version knows"),
        Arguments.of(
            command().setActions(0, pin().toBuilder().clearExpectation()),
            "Command.actions[0].expectation",
            "is missing"));
  }

  @ParameterizedTest
  @MethodSource("badCommands")
  void refusesCommand(Command.Builder command, String path, String problem) {
    refused(() -> CommandCodec.fromProto(command.build()), path, problem);
  }

  static Stream<Arguments> badActions() {
    var pins = pin().getAction().getPinCpus();
    return Stream.of(
        Arguments.of(
            Action.newBuilder().setPinCpus(pins.toBuilder().setVm("../etc")),
            "Action.pin_cpus.vm",
            "'../etc' is not a VM name"),
        Arguments.of(
            Action.newBuilder().setPinCpus(pins.toBuilder().clearPins()),
            "Action.pin_cpus.pins",
            "is missing"),
        Arguments.of(
            Action.newBuilder()
                .setPinCpus(pins.toBuilder().setPins(pins.getPins().toBuilder().setVcpus(1, "x"))),
            "Action.pin_cpus.pins.vcpus[1]",
            "'x' is not a CPU number"),
        Arguments.of(
            Action.newBuilder()
                .setPinCpus(pins.toBuilder().setPins(pins.getPins().toBuilder().setVcpus(1, ""))),
            "Action.pin_cpus.pins.vcpus",
            "at least one CPU"),
        Arguments.of(
            Action.newBuilder()
                .setPinCpus(pins.toBuilder().setPins(pins.getPins().toBuilder().clearEmulator())),
            "Action.pin_cpus.pins.emulator",
            "at least one CPU"),
        Arguments.of(
            Action.newBuilder()
                .setSetKsm(
                    dev.ballast.v1.SetKsm.newBuilder()
                        .setSettings(
                            ModelCodec.toProto(new KsmSettings(1, 100, 20)).toBuilder().setRun(3))),
            "Action.set_ksm.settings",
            "run is 0, 1 or 2"),
        Arguments.of(
            Action.newBuilder()
                .setSetHostSetting(dev.ballast.v1.SetHostSetting.getDefaultInstance()),
            "Action.set_host_setting.setting",
            "is missing"),
        Arguments.of(
            Action.newBuilder()
                .setShutdownDomain(
                    dev.ballast.v1.ShutdownDomain.newBuilder().setVm("web").setTimeoutMillis(1)),
            "Action.shutdown_domain.timeout_millis",
            "1 s to 1 h"),
        Arguments.of(
            Action.newBuilder()
                .setDefineDomain(
                    dev.ballast.v1.DefineDomain.newBuilder()
                        .setVm("web")
                        .setXml("x".repeat(WireLimits.XML_BYTES + 1))),
            "Action.define_domain.xml",
            "1048577 bytes"));
  }

  @ParameterizedTest
  @MethodSource("badActions")
  void refusesAction(Action.Builder action, String path, String problem) {
    refused(() -> ActionCodec.fromProto(action.build()), path, problem);
  }

  @Test
  void refusesExpectationWithoutState() {
    refused(
        () ->
            ActionCodec.fromProto(
                dev.ballast.v1.Expectation.newBuilder()
                    .setDomain(dev.ballast.v1.DomainRecord.newBuilder().setUuid("u"))
                    .build()),
        "Expectation.domain.state",
        "unknown domain state");
  }

  @Test
  void refusesUnknownEnumValue() {
    refused(
        () -> ModelCodec.fromProto(Domain.newBuilder().setName("web").setStateValue(77).build()),
        "Domain.state",
        "unknown domain state");
  }

  @Test
  void refusesOutcomeOfUnknownKind() {
    refused(
        () -> OutcomeCodec.fromProto(List.of(Outcome.getDefaultInstance())),
        "CommandOutcome.outcomes[0]",
        "no outcome that this version knows");
  }

  @Test
  void toleratesNewFieldsInWhatAgentsTell() {
    Domain domain =
        Domain.newBuilder()
            .setName("web")
            .setState(DomainState.DOMAIN_STATE_RUNNING)
            .setUnknownFields(NEWER)
            .build();
    assertThat(ModelCodec.fromProto(domain).name()).isEqualTo(WEB);
  }

  @Test
  void refusesDomainThatStandsTwice() {
    Domain domain =
        Domain.newBuilder().setName("web").setState(DomainState.DOMAIN_STATE_RUNNING).build();
    refused(
        () -> ModelCodec.domainsFromProto(List.of(domain, domain)),
        "Observation.domains",
        "web stands twice");
  }

  @Test
  void refusesCapabilityNamedTwice() {
    Lack lack = Lack.newBuilder().setCapability(Capability.CAPABILITY_KVM).build();
    refused(
        () ->
            ModelCodec.fromProto(
                Inventory.newBuilder()
                    .setTopology(Topology.getDefaultInstance())
                    .addLacks(lack)
                    .addLacks(lack)
                    .build()),
        "Inventory.lacks[1]",
        "KVM is named twice");
  }

  @Test
  void refusesPlanOfNewerVersionAndDamagedBytes() {
    Plan plan = new Plan("t", Origin.OPERATOR, 1, List.of(), List.of(), List.of());
    refused(
        () ->
            PlanCodec.fromProto(
                PlanCodec.toProto(plan).toBuilder().setUnknownFields(NEWER).build()),
        "StoredPlan",
        "field 99");
    refused(() -> PlanCodec.fromBytes(new byte[] {10, 99, 1}), "StoredPlan", "damaged");
  }

  /** Random bytes end as a command or as one of the two refusals, never as another exception. */
  @Property(tries = 2000)
  void anyBytesAreACommandOrRefused(@ForAll byte[] bytes) {
    try {
      CommandCodec.fromProto(Command.parseFrom(bytes));
    } catch (InvalidProtocolBufferException | WireException refusal) {
      assertThat(refusal.getMessage()).isNotBlank();
    }
  }

  /** One byte of a good command changed: the same. */
  @Property(tries = 2000)
  void damagedCommandsAreReadOrRefused(@ForAll int position, @ForAll byte value) {
    byte[] bytes = command().build().toByteArray();
    bytes[Math.floorMod(position, bytes.length)] = value;
    anyBytesAreACommandOrRefused(bytes);
  }
}
