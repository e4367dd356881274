package dev.ballast.wire;

import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.DiskSetup;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.NicSetup;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmName;
import dev.ballast.v1.FoundOwner;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What agents notice for rules of good practice. Reading throws {@link WireException}. */
public final class FactsCodec {
  private FactsCodec() {}

  public static dev.ballast.v1.HostFacts toProto(HostFacts facts) {
    dev.ballast.v1.HostFacts.Builder result =
        dev.ballast.v1.HostFacts.newBuilder()
            .setClock(toProto(facts.clock()))
            .setClockDetail(facts.clockDetail());
    facts
        .owners()
        .forEach(
            (owner, evidence) ->
                result.addOwners(
                    FoundOwner.newBuilder().setOwner(toProto(owner)).setEvidence(evidence)));
    facts.setups().forEach((vm, setup) -> result.addSetups(toProto(vm, setup)));
    return result.build();
  }

  private static dev.ballast.v1.DomainSetup toProto(VmName vm, DomainSetup setup) {
    dev.ballast.v1.DomainSetup.Builder result =
        dev.ballast.v1.DomainSetup.newBuilder()
            .setDomain(vm.value())
            .setType(setup.type())
            .setCpuMode(setup.cpuMode())
            .addAllNeedless(setup.needless())
            .addAllLimits(setup.limits());
    setup.disks().forEach(disk -> result.addDisks(toProto(disk)));
    setup
        .nics()
        .forEach(
            nic ->
                result.addNics(
                    dev.ballast.v1.NicSetup.newBuilder().setMac(nic.mac()).setModel(nic.model())));
    setup.owner().map(FactsCodec::toProto).ifPresent(result::setOwner);
    return result.build();
  }

  private static dev.ballast.v1.DiskSetup toProto(DiskSetup disk) {
    return dev.ballast.v1.DiskSetup.newBuilder()
        .setTarget(disk.target())
        .setDevice(disk.device())
        .setBus(disk.bus())
        .setCache(disk.cache())
        .setSource(disk.source())
        .setReadOnly(disk.readOnly())
        .build();
  }

  public static HostFacts fromProto(dev.ballast.v1.HostFacts facts) {
    return facts(facts, new At("HostFacts"));
  }

  static HostFacts facts(dev.ballast.v1.HostFacts p, At at) {
    return new HostFacts(
        clock(p.getClock(), at.field("clock")),
        at.shortText("clock_detail", p.getClockDetail()),
        owners(p.getOwnersList(), at.field("owners")),
        setups(p.getSetupsList(), at.field("setups")));
  }

  private static SortedMap<OtherOwner, String> owners(List<FoundOwner> found, At at) {
    SortedMap<OtherOwner, String> owners = new TreeMap<>();
    for (int i = 0; i < found.size(); i++) {
      At place = at.index(i);
      OtherOwner owner = owner(found.get(i).getOwner(), place.field("owner"));
      if (owners.put(owner, place.shortText("evidence", found.get(i).getEvidence())) != null) {
        throw place.fault(owner.title() + " stands twice");
      }
    }
    return owners;
  }

  private static SortedMap<VmName, DomainSetup> setups(
      List<dev.ballast.v1.DomainSetup> found, At at) {
    if (found.size() > WireLimits.DOMAINS) {
      throw at.fault(
          "has " + found.size() + " entries, at most " + WireLimits.DOMAINS + " are taken");
    }
    SortedMap<VmName, DomainSetup> setups = new TreeMap<>();
    for (int i = 0; i < found.size(); i++) {
      At place = at.index(i);
      VmName vm = place.vm("domain", found.get(i).getDomain());
      if (setups.put(vm, setup(found.get(i), place)) != null) {
        throw place.fault("domain " + vm + " stands twice");
      }
    }
    return setups;
  }

  private static DomainSetup setup(dev.ballast.v1.DomainSetup p, At at) {
    return new DomainSetup(
        at.shortText("type", p.getType()),
        at.shortText("cpu_mode", p.getCpuMode()),
        at.list("disks", p.getDisksList(), DomainSetup.DEVICE_LIMIT, FactsCodec::disk),
        at.list(
            "nics",
            p.getNicsList(),
            DomainSetup.DEVICE_LIMIT,
            (nic, place) ->
                new NicSetup(
                    place.shortText("mac", nic.getMac()),
                    place.shortText("model", nic.getModel()))),
        new TreeSet<>(texts("needless", p.getNeedlessList(), at)),
        new TreeSet<>(texts("limits", p.getLimitsList(), at)),
        p.getOwner() == dev.ballast.v1.OtherOwner.OTHER_OWNER_UNSPECIFIED
            ? Optional.empty()
            : Optional.of(owner(p.getOwner(), at.field("owner"))));
  }

  private static List<String> texts(String name, List<String> texts, At at) {
    return at.list(
        name, texts, DomainSetup.DEVICE_LIMIT, (text, place) -> place.shortText("text", text));
  }

  private static DiskSetup disk(dev.ballast.v1.DiskSetup p, At at) {
    return new DiskSetup(
        at.shortText("target", p.getTarget()),
        at.shortText("device", p.getDevice()),
        at.shortText("bus", p.getBus()),
        at.shortText("cache", p.getCache()),
        at.shortText("source", p.getSource()),
        p.getReadOnly());
  }

  private static dev.ballast.v1.ClockState toProto(ClockState state) {
    return switch (state) {
      case SYNCHRONISED -> dev.ballast.v1.ClockState.CLOCK_STATE_SYNCHRONISED;
      case NOT_SYNCHRONISED -> dev.ballast.v1.ClockState.CLOCK_STATE_NOT_SYNCHRONISED;
      case UNKNOWN -> dev.ballast.v1.ClockState.CLOCK_STATE_UNKNOWN;
    };
  }

  private static ClockState clock(dev.ballast.v1.ClockState state, At at) {
    return switch (state) {
      case CLOCK_STATE_SYNCHRONISED -> ClockState.SYNCHRONISED;
      case CLOCK_STATE_NOT_SYNCHRONISED -> ClockState.NOT_SYNCHRONISED;
      case CLOCK_STATE_UNKNOWN -> ClockState.UNKNOWN;
      case CLOCK_STATE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown state of the clock");
    };
  }

  private static dev.ballast.v1.OtherOwner toProto(OtherOwner owner) {
    return switch (owner) {
      case NUMAD -> dev.ballast.v1.OtherOwner.OTHER_OWNER_NUMAD;
      case KSMTUNED -> dev.ballast.v1.OtherOwner.OTHER_OWNER_KSMTUNED;
      case TUNED -> dev.ballast.v1.OtherOwner.OTHER_OWNER_TUNED;
      case NETWORK_MANAGER -> dev.ballast.v1.OtherOwner.OTHER_OWNER_NETWORK_MANAGER;
      case NETPLAN -> dev.ballast.v1.OtherOwner.OTHER_OWNER_NETPLAN;
      case VDSM -> dev.ballast.v1.OtherOwner.OTHER_OWNER_VDSM;
      case NOVA -> dev.ballast.v1.OtherOwner.OTHER_OWNER_NOVA;
    };
  }

  private static OtherOwner owner(dev.ballast.v1.OtherOwner owner, At at) {
    return switch (owner) {
      case OTHER_OWNER_NUMAD -> OtherOwner.NUMAD;
      case OTHER_OWNER_KSMTUNED -> OtherOwner.KSMTUNED;
      case OTHER_OWNER_TUNED -> OtherOwner.TUNED;
      case OTHER_OWNER_NETWORK_MANAGER -> OtherOwner.NETWORK_MANAGER;
      case OTHER_OWNER_NETPLAN -> OtherOwner.NETPLAN;
      case OTHER_OWNER_VDSM -> OtherOwner.VDSM;
      case OTHER_OWNER_NOVA -> OtherOwner.NOVA;
      case OTHER_OWNER_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown owner");
    };
  }
}
