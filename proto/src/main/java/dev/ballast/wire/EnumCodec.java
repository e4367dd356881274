package dev.ballast.wire;

import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.DomainState;
import dev.ballast.v1.AlertKind;

/** Enumerations; an unset or unknown value is refused. */
public final class EnumCodec {
  private EnumCodec() {}

  public static dev.ballast.v1.DomainState toProto(DomainState state) {
    return switch (state) {
      case RUNNING -> dev.ballast.v1.DomainState.DOMAIN_STATE_RUNNING;
      case PAUSED -> dev.ballast.v1.DomainState.DOMAIN_STATE_PAUSED;
      case SHUTTING_DOWN -> dev.ballast.v1.DomainState.DOMAIN_STATE_SHUTTING_DOWN;
      case SHUT_OFF -> dev.ballast.v1.DomainState.DOMAIN_STATE_SHUT_OFF;
      case CRASHED -> dev.ballast.v1.DomainState.DOMAIN_STATE_CRASHED;
      case SUSPENDED -> dev.ballast.v1.DomainState.DOMAIN_STATE_SUSPENDED;
      case UNKNOWN -> dev.ballast.v1.DomainState.DOMAIN_STATE_UNKNOWN;
    };
  }

  static DomainState fromProto(dev.ballast.v1.DomainState state, At at) {
    return switch (state) {
      case DOMAIN_STATE_RUNNING -> DomainState.RUNNING;
      case DOMAIN_STATE_PAUSED -> DomainState.PAUSED;
      case DOMAIN_STATE_SHUTTING_DOWN -> DomainState.SHUTTING_DOWN;
      case DOMAIN_STATE_SHUT_OFF -> DomainState.SHUT_OFF;
      case DOMAIN_STATE_CRASHED -> DomainState.CRASHED;
      case DOMAIN_STATE_SUSPENDED -> DomainState.SUSPENDED;
      case DOMAIN_STATE_UNKNOWN -> DomainState.UNKNOWN;
      case DOMAIN_STATE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown domain state");
    };
  }

  public static dev.ballast.v1.Capability toProto(Capability capability) {
    return switch (capability) {
      case LIBVIRT -> dev.ballast.v1.Capability.CAPABILITY_LIBVIRT;
      case KVM -> dev.ballast.v1.Capability.CAPABILITY_KVM;
      case KSM -> dev.ballast.v1.Capability.CAPABILITY_KSM;
      case OPEN_VSWITCH -> dev.ballast.v1.Capability.CAPABILITY_OPEN_VSWITCH;
      case CGROUP_CPU -> dev.ballast.v1.Capability.CAPABILITY_CGROUP_CPU;
      case SCHEDSTAT -> dev.ballast.v1.Capability.CAPABILITY_SCHEDSTAT;
      case MIGRATION -> dev.ballast.v1.Capability.CAPABILITY_MIGRATION;
    };
  }

  static Capability fromProto(dev.ballast.v1.Capability capability, At at) {
    return switch (capability) {
      case CAPABILITY_LIBVIRT -> Capability.LIBVIRT;
      case CAPABILITY_KVM -> Capability.KVM;
      case CAPABILITY_KSM -> Capability.KSM;
      case CAPABILITY_OPEN_VSWITCH -> Capability.OPEN_VSWITCH;
      case CAPABILITY_CGROUP_CPU -> Capability.CGROUP_CPU;
      case CAPABILITY_SCHEDSTAT -> Capability.SCHEDSTAT;
      case CAPABILITY_MIGRATION -> Capability.MIGRATION;
      case CAPABILITY_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown capability");
    };
  }

  public static dev.ballast.v1.Automation toProto(Automation automation) {
    return switch (automation) {
      case OFF -> dev.ballast.v1.Automation.AUTOMATION_OFF;
      case RECOMMEND -> dev.ballast.v1.Automation.AUTOMATION_RECOMMEND;
      case AUTO -> dev.ballast.v1.Automation.AUTOMATION_AUTO;
    };
  }

  /**
   * The automation of a request or a stored record.
   *
   * @throws WireException when it is unset or unknown
   */
  public static Automation fromProto(dev.ballast.v1.Automation automation) {
    return fromProto(automation, new At("Automation"));
  }

  static Automation fromProto(dev.ballast.v1.Automation automation, At at) {
    return switch (automation) {
      case AUTOMATION_OFF -> Automation.OFF;
      case AUTOMATION_RECOMMEND -> Automation.RECOMMEND;
      case AUTOMATION_AUTO -> Automation.AUTO;
      case AUTOMATION_UNSPECIFIED, UNRECOGNIZED ->
          throw at.fault("is none of off, recommend and auto");
    };
  }

  static AlertKind toProto(CpuAlert.Kind kind) {
    return switch (kind) {
      case HOT_CPUS -> AlertKind.ALERT_KIND_HOT_CPUS;
      case HOT_HOST -> AlertKind.ALERT_KIND_HOT_HOST;
      case CLEARED -> AlertKind.ALERT_KIND_CLEARED;
    };
  }

  static CpuAlert.Kind fromProto(AlertKind kind, At at) {
    return switch (kind) {
      case ALERT_KIND_HOT_CPUS -> CpuAlert.Kind.HOT_CPUS;
      case ALERT_KIND_HOT_HOST -> CpuAlert.Kind.HOT_HOST;
      case ALERT_KIND_CLEARED -> CpuAlert.Kind.CLEARED;
      case ALERT_KIND_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown kind of alert");
    };
  }

  static dev.ballast.v1.RefusalReason toProto(RefusalReason reason) {
    return switch (reason) {
      case STALE -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_STALE;
      case OLD_TERM -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_OLD_TERM;
      case EXPIRED -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_EXPIRED;
      case TOO_OLD -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_TOO_OLD;
      case UNSUPPORTED -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_UNSUPPORTED;
      case FROZEN -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_FROZEN;
      case MISSING_CAPABILITY -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_MISSING_CAPABILITY;
      case ILLEGAL -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_ILLEGAL;
      case OTHER_OWNER -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_OTHER_OWNER;
      case NO_JOURNAL -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_NO_JOURNAL;
      case BUSY -> dev.ballast.v1.RefusalReason.REFUSAL_REASON_BUSY;
    };
  }

  static RefusalReason fromProto(dev.ballast.v1.RefusalReason reason, At at) {
    return switch (reason) {
      case REFUSAL_REASON_STALE -> RefusalReason.STALE;
      case REFUSAL_REASON_OLD_TERM -> RefusalReason.OLD_TERM;
      case REFUSAL_REASON_EXPIRED -> RefusalReason.EXPIRED;
      case REFUSAL_REASON_TOO_OLD -> RefusalReason.TOO_OLD;
      case REFUSAL_REASON_UNSUPPORTED -> RefusalReason.UNSUPPORTED;
      case REFUSAL_REASON_FROZEN -> RefusalReason.FROZEN;
      case REFUSAL_REASON_MISSING_CAPABILITY -> RefusalReason.MISSING_CAPABILITY;
      case REFUSAL_REASON_ILLEGAL -> RefusalReason.ILLEGAL;
      case REFUSAL_REASON_OTHER_OWNER -> RefusalReason.OTHER_OWNER;
      case REFUSAL_REASON_NO_JOURNAL -> RefusalReason.NO_JOURNAL;
      case REFUSAL_REASON_BUSY -> RefusalReason.BUSY;
      case REFUSAL_REASON_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown reason");
    };
  }
}
