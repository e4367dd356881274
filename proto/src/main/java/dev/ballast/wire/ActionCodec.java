package dev.ballast.wire;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.AfterEarlierSteps;
import dev.ballast.v1.DefineDomain;
import dev.ballast.v1.DestroyDomain;
import dev.ballast.v1.DomainRecord;
import dev.ballast.v1.KsmRecord;
import dev.ballast.v1.MigrateDomain;
import dev.ballast.v1.NoDomain;
import dev.ballast.v1.PinCpus;
import dev.ballast.v1.SetKsm;
import dev.ballast.v1.SetLimits;
import dev.ballast.v1.ShutdownDomain;
import dev.ballast.v1.StartDomain;
import dev.ballast.v1.UndefineDomain;

/**
 * Actions and expectations. Every {@code fromProto} throws {@link WireException} for an action or a
 * field that it does not know, anywhere in the message.
 */
public final class ActionCodec {
  private ActionCodec() {}

  public static dev.ballast.v1.PlannedAction toProto(PlannedAction planned) {
    return dev.ballast.v1.PlannedAction.newBuilder()
        .setAction(toProto(planned.action()))
        .setExpectation(toProto(planned.expectation()))
        .build();
  }

  public static PlannedAction fromProto(dev.ballast.v1.PlannedAction planned) {
    At at = new At("PlannedAction");
    at.refuseUnknown(planned);
    return planned(planned, at);
  }

  static PlannedAction planned(dev.ballast.v1.PlannedAction p, At at) {
    return new PlannedAction(
        at.required("action", p.hasAction(), p.getAction(), ActionCodec::action),
        at.required(
            "expectation", p.hasExpectation(), p.getExpectation(), ActionCodec::expectation));
  }

  public static dev.ballast.v1.Action toProto(Action action) {
    dev.ballast.v1.Action.Builder result = dev.ballast.v1.Action.newBuilder();
    switch (action) {
      case Reversible.PinCpus(var vm, var pins) ->
          result.setPinCpus(
              PinCpus.newBuilder().setVm(vm.value()).setPins(ModelCodec.toProto(pins)));
      case Reversible.SetKsm(var settings) ->
          result.setSetKsm(SetKsm.newBuilder().setSettings(ModelCodec.toProto(settings)));
      case Reversible.SetLimits(var vm, var limits) ->
          result.setSetLimits(
              SetLimits.newBuilder().setVm(vm.value()).setLimits(LimitCodec.toProto(limits)));
      case Reversible.SetMemoryNodes set -> result.setSetMemoryNodes(MemoryCodec.toProto(set));
      case Final.SetGuestTime set -> result.setSetGuestTime(MemoryCodec.toProto(set));
      case Reversible.SetHostSetting change ->
          result.setSetHostSetting(HostSettingCodec.toProto(change));
      case Reversible.SetSwitch change -> result.setSetSwitch(SwitchCodec.toProto(change));
      case Reversible.DefineDomain(var vm, var xml, var specDigest) ->
          result.setDefineDomain(
              DefineDomain.newBuilder().setVm(vm.value()).setXml(xml).setSpecDigest(specDigest));
      case Reversible.UndefineDomain(var vm) ->
          result.setUndefineDomain(UndefineDomain.newBuilder().setVm(vm.value()));
      case Final.StartDomain(var vm) ->
          result.setStartDomain(StartDomain.newBuilder().setVm(vm.value()));
      case Final.ShutdownDomain(var vm, var timeoutMillis) ->
          result.setShutdownDomain(
              ShutdownDomain.newBuilder().setVm(vm.value()).setTimeoutMillis(timeoutMillis));
      case Final.DestroyDomain(var vm) ->
          result.setDestroyDomain(DestroyDomain.newBuilder().setVm(vm.value()));
      case Final.MigrateDomain migrate -> result.setMigrateDomain(migrateDomain(migrate));
      case Final.GrowVolume grow -> result.setGrowVolume(StorageActionCodec.toProto(grow));
      case Reversible.TakeSnapshot take -> result.setTakeSnapshot(StorageActionCodec.toProto(take));
      case Final.RevertSnapshot revert ->
          result.setRevertSnapshot(StorageActionCodec.toProto(revert));
      case Final.DeleteSnapshot delete ->
          result.setDeleteSnapshot(StorageActionCodec.toProto(delete));
      case Final.PurgeTrash purge -> result.setPurgeTrash(StorageActionCodec.toProto(purge));
    }
    return result.build();
  }

  public static Action fromProto(dev.ballast.v1.Action action) {
    At at = new At("Action");
    at.refuseUnknown(action);
    return action(action, at);
  }

  static Action action(dev.ballast.v1.Action p, At at) {
    return switch (p.getActionCase()) {
      case PIN_CPUS -> pinCpus(p.getPinCpus(), at.field("pin_cpus"));
      case SET_KSM -> setKsm(p.getSetKsm(), at.field("set_ksm"));
      case SET_LIMITS -> setLimits(p.getSetLimits(), at.field("set_limits"));
      case SET_MEMORY_NODES ->
          MemoryCodec.setMemoryNodes(p.getSetMemoryNodes(), at.field("set_memory_nodes"));
      case SET_GUEST_TIME ->
          new Final.SetGuestTime(at.field("set_guest_time").vm("vm", p.getSetGuestTime().getVm()));
      case SET_HOST_SETTING ->
          HostSettingCodec.action(p.getSetHostSetting(), at.field("set_host_setting"));
      case SET_SWITCH -> SwitchCodec.setSwitch(p.getSetSwitch(), at.field("set_switch"));
      case DEFINE_DOMAIN -> defineDomain(p.getDefineDomain(), at.field("define_domain"));
      case UNDEFINE_DOMAIN ->
          new Reversible.UndefineDomain(
              at.field("undefine_domain").vm("vm", p.getUndefineDomain().getVm()));
      case START_DOMAIN ->
          new Final.StartDomain(at.field("start_domain").vm("vm", p.getStartDomain().getVm()));
      case SHUTDOWN_DOMAIN -> shutdown(p.getShutdownDomain(), at.field("shutdown_domain"));
      case DESTROY_DOMAIN ->
          new Final.DestroyDomain(
              at.field("destroy_domain").vm("vm", p.getDestroyDomain().getVm()));
      case MIGRATE_DOMAIN -> migrateDomain(p.getMigrateDomain(), at.field("migrate_domain"));
      case GROW_VOLUME -> StorageActionCodec.grow(p.getGrowVolume(), at.field("grow_volume"));
      case TAKE_SNAPSHOT -> StorageActionCodec.take(p.getTakeSnapshot(), at.field("take_snapshot"));
      case REVERT_SNAPSHOT ->
          StorageActionCodec.revert(p.getRevertSnapshot(), at.field("revert_snapshot"));
      case DELETE_SNAPSHOT ->
          StorageActionCodec.delete(p.getDeleteSnapshot(), at.field("delete_snapshot"));
      case PURGE_TRASH -> StorageActionCodec.purge(p.getPurgeTrash(), at.field("purge_trash"));
      case ACTION_NOT_SET -> throw at.fault("holds no action that this version knows");
    };
  }

  private static MigrateDomain migrateDomain(Final.MigrateDomain migrate) {
    MigrateDomain.Builder result =
        MigrateDomain.newBuilder()
            .setVm(migrate.vm().value())
            .setTargetHost(migrate.target().value())
            .setTargetUri(migrate.targetUri())
            .setTargetPins(ModelCodec.toProto(migrate.targetPins()))
            .setLimits(toProto(migrate.limits()));
    migrate.targetMemory().map(MemoryCodec::toProto).ifPresent(result::setTargetMemory);
    return result.build();
  }

  public static dev.ballast.v1.MigrationLimits toProto(MigrationLimits limits) {
    return dev.ballast.v1.MigrationLimits.newBuilder()
        .setBandwidthBytesPerSecond(limits.bandwidthBytesPerSecond())
        .setDowntimeMillis(limits.downtimeMillis())
        .setAutoConverge(limits.autoConverge())
        .setTimeoutMillis(limits.timeoutMillis())
        .setPostCopy(limits.postCopy())
        .setCopyStorage(limits.copyStorage())
        .build();
  }

  private static Action migrateDomain(MigrateDomain p, At at) {
    CpuPins pins =
        at.required("target_pins", p.hasTargetPins(), p.getTargetPins(), ModelCodec::pins);
    refuseEmpty(pins, at.field("target_pins"));
    MigrationLimits limits =
        at.required("limits", p.hasLimits(), p.getLimits(), ActionCodec::migrationLimits);
    var vm = at.vm("vm", p.getVm());
    var target = at.host("target_host", p.getTargetHost());
    var memory =
        at.optional("target_memory", p.hasTargetMemory(), p.getTargetMemory(), MemoryCodec::nodes);
    return at.field("target_uri")
        .make(() -> new Final.MigrateDomain(vm, target, p.getTargetUri(), pins, limits, memory));
  }

  /**
   * Reads limits.
   *
   * @throws WireException when one is out of bounds
   */
  public static MigrationLimits fromProto(dev.ballast.v1.MigrationLimits limits) {
    return migrationLimits(limits, new At("MigrationLimits"));
  }

  private static MigrationLimits migrationLimits(dev.ballast.v1.MigrationLimits p, At at) {
    return at.make(
        () ->
            new MigrationLimits(
                p.getBandwidthBytesPerSecond(),
                p.getDowntimeMillis(),
                p.getAutoConverge(),
                p.getTimeoutMillis(),
                p.getPostCopy(),
                p.getCopyStorage()));
  }

  private static Action pinCpus(PinCpus p, At at) {
    CpuPins pins = at.required("pins", p.hasPins(), p.getPins(), ModelCodec::pins);
    refuseEmpty(pins, at.field("pins"));
    return new Reversible.PinCpus(at.vm("vm", p.getVm()), pins);
  }

  private static void refuseEmpty(CpuPins pins, At at) {
    if (pins.vcpus().isEmpty() || pins.vcpus().stream().anyMatch(CpuSet::isEmpty)) {
      throw at.field("vcpus").fault("every vCPU needs at least one CPU");
    }
    if (pins.emulator().isEmpty()) {
      throw at.field("emulator").fault("needs at least one CPU");
    }
  }

  private static Action setKsm(SetKsm p, At at) {
    return new Reversible.SetKsm(
        at.required("settings", p.hasSettings(), p.getSettings(), ModelCodec::ksm));
  }

  private static Action setLimits(SetLimits p, At at) {
    return new Reversible.SetLimits(
        at.vm("vm", p.getVm()),
        at.required("limits", p.hasLimits(), p.getLimits(), LimitCodec::limits));
  }

  private static Action defineDomain(DefineDomain p, At at) {
    int bytes = p.getXmlBytes().size();
    if (bytes == 0 || bytes > WireLimits.XML_BYTES) {
      throw at.field("xml")
          .fault("has " + bytes + " bytes, 1 to " + WireLimits.XML_BYTES + " are taken");
    }
    return new Reversible.DefineDomain(
        at.vm("vm", p.getVm()), p.getXml(), at.shortText("spec_digest", p.getSpecDigest()));
  }

  private static Action shutdown(ShutdownDomain p, At at) {
    var vm = at.vm("vm", p.getVm());
    return at.field("timeout_millis")
        .make(() -> new Final.ShutdownDomain(vm, p.getTimeoutMillis()));
  }

  public static dev.ballast.v1.Expectation toProto(Expectation expectation) {
    dev.ballast.v1.Expectation.Builder result = dev.ballast.v1.Expectation.newBuilder();
    switch (expectation) {
      case Expectation.NoDomain() -> result.setNoDomain(NoDomain.getDefaultInstance());
      case Expectation.DomainRecord domain -> result.setDomain(domainRecord(domain));
      case Expectation.KsmRecord(var settings) ->
          result.setKsm(KsmRecord.newBuilder().setSettings(ModelCodec.toProto(settings)));
      case Expectation.HostSettingRecord record ->
          result.setHostSetting(HostSettingCodec.toProto(record));
      case Expectation.SwitchRecord record -> result.setSwitch(SwitchCodec.toProto(record));
      case Expectation.AfterEarlierSteps(var state, var specDigest) ->
          result.setAfterEarlierSteps(
              AfterEarlierSteps.newBuilder()
                  .setState(EnumCodec.toProto(state))
                  .setSpecDigest(specDigest));
    }
    return result.build();
  }

  private static DomainRecord domainRecord(Expectation.DomainRecord domain) {
    DomainRecord.Builder result =
        DomainRecord.newBuilder()
            .setUuid(domain.uuid())
            .setState(EnumCodec.toProto(domain.state()))
            .setConfigDigest(domain.configDigest());
    domain.configPins().map(ModelCodec::toProto).ifPresent(result::setConfigPins);
    domain.livePins().map(ModelCodec::toProto).ifPresent(result::setLivePins);
    domain.configLimits().map(LimitCodec::toProto).ifPresent(result::setConfigLimits);
    domain.liveLimits().map(LimitCodec::toProto).ifPresent(result::setLiveLimits);
    return result.build();
  }

  public static Expectation fromProto(dev.ballast.v1.Expectation expectation) {
    At at = new At("Expectation");
    at.refuseUnknown(expectation);
    return expectation(expectation, at);
  }

  static Expectation expectation(dev.ballast.v1.Expectation p, At at) {
    return switch (p.getExpectationCase()) {
      case NO_DOMAIN -> new Expectation.NoDomain();
      case DOMAIN -> domainRecord(p.getDomain(), at.field("domain"));
      case KSM ->
          new Expectation.KsmRecord(
              at.field("ksm")
                  .required(
                      "settings",
                      p.getKsm().hasSettings(),
                      p.getKsm().getSettings(),
                      ModelCodec::ksm));
      case HOST_SETTING -> HostSettingCodec.record(p.getHostSetting(), at.field("host_setting"));
      case SWITCH -> SwitchCodec.record(p.getSwitch(), at.field("switch"));
      case AFTER_EARLIER_STEPS ->
          afterEarlierSteps(p.getAfterEarlierSteps(), at.field("after_earlier_steps"));
      case EXPECTATION_NOT_SET -> throw at.fault("holds no expectation that this version knows");
    };
  }

  private static Expectation domainRecord(DomainRecord p, At at) {
    return new Expectation.DomainRecord(
        at.shortText("uuid", p.getUuid()),
        EnumCodec.fromProto(p.getState(), at.field("state")),
        at.shortText("config_digest", p.getConfigDigest()),
        at.optional("config_pins", p.hasConfigPins(), p.getConfigPins(), ModelCodec::pins),
        at.optional("live_pins", p.hasLivePins(), p.getLivePins(), ModelCodec::pins),
        at.optional("config_limits", p.hasConfigLimits(), p.getConfigLimits(), LimitCodec::limits),
        at.optional("live_limits", p.hasLiveLimits(), p.getLiveLimits(), LimitCodec::limits));
  }

  private static Expectation afterEarlierSteps(AfterEarlierSteps p, At at) {
    return new Expectation.AfterEarlierSteps(
        EnumCodec.fromProto(p.getState(), at.field("state")),
        at.shortText("spec_digest", p.getSpecDigest()));
  }
}
