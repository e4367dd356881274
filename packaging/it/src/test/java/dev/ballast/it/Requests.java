package dev.ballast.it;

import dev.ballast.v1.Action;
import dev.ballast.v1.CpuPins;
import dev.ballast.v1.DefineDomain;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainRecord;
import dev.ballast.v1.Expectation;
import dev.ballast.v1.NoDomain;
import dev.ballast.v1.PinCpus;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.SetSwitch;
import dev.ballast.v1.StartDomain;
import dev.ballast.v1.SwitchBridge;
import dev.ballast.v1.SwitchPort;
import dev.ballast.v1.SwitchRecord;

/** What tests ask of an agent without a coordinator: actions with what they expect to find. */
final class Requests {
  private static final String OWNER = "00000000-0000-4000-8000-0000000000cc";

  private Requests() {}

  static PlannedAction planned(Action action, Expectation expectation) {
    return PlannedAction.newBuilder().setAction(action).setExpectation(expectation).build();
  }

  /** The action with the domain as the agent last reported it. */
  static PlannedAction expecting(Domain domain, Action action) {
    DomainRecord.Builder seen =
        DomainRecord.newBuilder()
            .setUuid(domain.getUuid())
            .setState(domain.getState())
            .setConfigDigest(domain.getConfigDigest());
    if (domain.hasConfigPins()) {
      seen.setConfigPins(domain.getConfigPins());
    }
    if (domain.hasLivePins()) {
      seen.setLivePins(domain.getLivePins());
    }
    return planned(action, Expectation.newBuilder().setDomain(seen).build());
  }

  /** Of a domain that is not there yet. */
  static PlannedAction define(String vm, String xml, String digest) {
    DefineDomain define =
        DefineDomain.newBuilder().setVm(vm).setXml(xml).setSpecDigest(digest).build();
    return planned(
        Action.newBuilder().setDefineDomain(define).build(),
        Expectation.newBuilder().setNoDomain(NoDomain.newBuilder()).build());
  }

  static Action start(String vm) {
    return Action.newBuilder().setStartDomain(StartDomain.newBuilder().setVm(vm)).build();
  }

  /** Of a domain with one vCPU. */
  static Action pin(String vm, String vcpu, String emulator) {
    CpuPins pins = CpuPins.newBuilder().addVcpus(vcpu).setEmulator(emulator).build();
    return Action.newBuilder().setPinCpus(PinCpus.newBuilder().setVm(vm).setPins(pins)).build();
  }

  /** A bridge without ports that is made where there is none, or removed again. */
  static PlannedAction bridge(String name, boolean make) {
    SwitchBridge bridge =
        SwitchBridge.newBuilder()
            .setName(name)
            .setOwner(OWNER)
            .addPorts(SwitchPort.newBuilder().setName(name).setType("internal").setOwner(OWNER))
            .build();
    SetSwitch change =
        make
            ? SetSwitch.newBuilder().addBridges(bridge).build()
            : SetSwitch.newBuilder().addRemoved(name).build();
    SwitchRecord seen =
        make
            ? SwitchRecord.newBuilder().addAbsent(name).build()
            : SwitchRecord.newBuilder().addPresent(bridge).build();
    return planned(
        Action.newBuilder().setSetSwitch(change).build(),
        Expectation.newBuilder().setSwitch(seen).build());
  }
}
