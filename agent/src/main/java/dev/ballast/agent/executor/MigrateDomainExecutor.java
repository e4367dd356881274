package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;
import dev.ballast.agent.host.libvirt.DomainXmlException;
import dev.ballast.agent.host.libvirt.HostDevices;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.MigratableXml;
import dev.ballast.agent.host.libvirt.MigrationRequest;
import dev.ballast.agent.host.libvirt.MigrationXml;
import dev.ballast.agent.host.libvirt.RunningMigration;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.model.DomainState;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets libvirt move a running domain to another host, and looks afterwards only at this one. Once
 * begun, the domain is never started, resumed, undefined or destroyed here: where it is not plainly
 * still running, the outcome says so and who decides looks at both hosts.
 */
final class MigrateDomainExecutor extends FinalExecutor {
  private final MigrateDomain action;
  private final MigrationPolicy policy;
  private final Waiting waiting;
  private final Steering steering;

  /** Whether libvirt has told this very process that the domain runs on the target. */
  private boolean libvirtSaysDone;

  /**
   * Whether libvirt, when last asked, had started the guest again after stopping it for the
   * switch-over. It does so also when it merely lost the target in that moment: then the target may
   * run the guest too.
   */
  private boolean startedAgain;

  MigrateDomainExecutor(
      MigrateDomain action, MigrationPolicy policy, Waiting waiting, Steering steering) {
    this.action = action;
    this.policy = policy;
    this.waiting = waiting;
    this.steering = steering;
  }

  @Override
  public MigrateDomain action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    ObjectState state = super.observe(host);
    startedAgain =
        state instanceof DomainPresent present
            && present.active()
            && host.stateAndReason(action.vm()).equals(Libvirt.STARTED_AGAIN);
    return state;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    if (!policy.allowed()) {
      return Optional.of(
          new Illegal(
              RefusalReason.MISSING_CAPABILITY,
              "agent.yaml of "
                  + policy.here()
                  + " has no section 'migration' (docs/migration.md)"));
    }
    if (action.target().equals(policy.here())) {
      return notLegal("is on " + policy.here() + " already");
    }
    if (present.domain().state() != DomainState.RUNNING) {
      return notLegal("is " + present.domain().state() + ": only a running guest is migrated");
    }
    if (!present.persistent()) {
      return notLegal("is transient: it has no configuration to take along");
    }
    int pins = action.targetPins().vcpus().size();
    return pins == present.domain().vcpus()
        ? Optional.empty()
        : notLegal("has " + present.domain().vcpus() + " vCPUs; the pins are for " + pins);
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present, HostReader host) {
    return illegal(present).or(() -> obstacle(host));
  }

  /** What ties the running domain to this host, as far as only libvirt can tell. */
  private Optional<Illegal> obstacle(HostReader host) {
    try {
      if (!host.idle(action.vm())) {
        return notLegal("is being worked on by libvirt (virsh domjobinfo " + action.vm() + ")");
      }
      int snapshots = host.snapshots(action.vm());
      if (snapshots > 0) {
        return notLegal("has " + snapshots + " snapshots, which a migration would lose");
      }
      MigratableXml xml = host.migratableXml(action.vm());
      return HostDevices.first(xml.live())
          .or(() -> HostDevices.first(xml.persistent()))
          .flatMap(device -> notLegal("has a device of this host: " + device));
    } catch (LibvirtFault e) {
      return notLegal("cannot be looked at: " + e.getMessage());
    }
  }

  private Optional<Illegal> notLegal(String why) {
    return Optional.of(Illegal.of("domain " + action.vm() + " " + why));
  }

  /** Never from here: a domain that is not on this host is not thereby on the target. */
  @Override
  public boolean atTarget(ObjectState state) {
    return false;
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new NoDomain();
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    MigrationRequest request = request(host.migratableXml(action.vm()));
    if (steering.abortRequested()) {
      throw new ExecutionFault("aborted on request before it began");
    }
    RunningMigration migration = writer.libvirt().migrate(request);
    new MigrationWatch(action, waiting, steering).await(migration, host, writer);
    libvirtSaysDone = true;
    ObjectState after = host.domain(action.vm());
    if (!(after instanceof NoDomain)) {
      throw new ExecutionFault(
          "libvirt says that "
              + action.vm()
              + " has moved to "
              + action.target()
              + ", yet it is here");
    }
  }

  private MigrationRequest request(MigratableXml xml) throws ExecutionFault {
    MigrationLimits limits = action.limits();
    try {
      return new MigrationRequest(
          action.vm().value(),
          action.targetUri(),
          MigrationXml.withPlace(xml.live(), action.targetPins(), action.targetMemory()),
          MigrationXml.withPlace(xml.persistent(), action.targetPins(), action.targetMemory()),
          limits.bandwidthBytesPerSecond(),
          limits.autoConverge(),
          policy.tls(),
          policy.unsafe(),
          limits.postCopy(),
          limits.copyStorage());
    } catch (DomainXmlException e) {
      throw new ExecutionFault("not begun: " + e.getMessage());
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (!(now instanceof DomainPresent present)) {
      return libvirtSaysDone ? Standing.TARGET : Standing.ELSEWHERE;
    }
    boolean same =
        before instanceof DomainPresent old && old.domain().uuid().equals(present.domain().uuid());
    if (!same || libvirtSaysDone) {
      return Standing.FOREIGN;
    }
    if (!present.active()) {
      return Standing.ELSEWHERE;
    }
    return present.domain().state() == DomainState.RUNNING && !startedAgain
        ? Standing.BEFORE
        : Standing.FOREIGN;
  }

  @Override
  public String told(ObjectState now, HostReader host) {
    return switch (now) {
      case NoDomain ignored -> action.vm() + " has left this host; look at " + action.target();
      case DomainPresent present when !present.active() ->
          action.vm()
              + " does not run here, its definition is here: look at "
              + action.target()
              + " before it is started";
      case DomainPresent present ->
          action.vm()
              + " is "
              + stateAndReason(present, host)
              + " here; look at "
              + action.target()
              + " before it is resumed or destroyed";
      case ObjectState other -> other.describe();
    };
  }

  private String stateAndReason(DomainPresent present, HostReader host) {
    try {
      return host.stateAndReason(action.vm());
    } catch (LibvirtFault e) {
      return present.domain().state().name();
    }
  }

  /** libvirt goes on with a migration whose agent has died, and need not come to an end. */
  @Override
  public Optional<Duration> settlingLimit() {
    return Optional.of(Duration.ofMillis(action.limits().timeoutMillis()));
  }

  @Override
  public void whileUnsettled(HostReader host, HostWriter writer) {
    new MigrationWatch(action, waiting, steering).lookAsBystander(host, writer);
  }
}
