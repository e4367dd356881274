package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.DomainXmlException;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.agent.host.libvirt.TuningXml;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import java.util.Optional;

/**
 * Defines a domain, then marks it with the digest that its configuration has by then: an edit with
 * the specification's digest left in place is seen by the two differing.
 */
final class DefineDomainExecutor implements ActionExecutor {
  private final DefineDomain action;

  DefineDomainExecutor(DefineDomain action) {
    this.action = action;
  }

  @Override
  public DefineDomain action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    Optional<Illegal> bad = badXml();
    if (bad.isPresent() || !(state instanceof DomainPresent present)) {
      return bad;
    }
    if (!present.persistent()) {
      return Optional.of(
          Illegal.of("domain " + action.vm() + " is transient: defining would make it persistent"));
    }
    return present.domain().specDigest().isEmpty() && !namesItsUuid(present)
        ? Optional.of(
            new Illegal(
                RefusalReason.OTHER_OWNER,
                "domain " + action.vm() + " was not defined by Ballast; it is left as it is"))
        : Optional.empty();
  }

  /**
   * Whoever names the UUID of a domain that Ballast did not define knows that very domain: it was
   * adopted. VMs of Ballast's own making have UUIDs that no other domain has.
   */
  private boolean namesItsUuid(DomainPresent present) {
    try {
      return DomainXml.parse(action.xml()).uuid().equals(present.domain().uuid());
    } catch (DomainXmlException e) {
      return false;
    }
  }

  private Optional<Illegal> badXml() {
    try {
      DomainXml xml = DomainXml.parse(action.xml());
      if (!xml.name().equals(action.vm().value())) {
        return Optional.of(Illegal.of("the XML defines '" + xml.name() + "'"));
      }
      return xml.specDigest().equals(Optional.of(action.specDigest()))
          ? Optional.empty()
          : Optional.of(
              Illegal.of("the XML's metadata does not hold the digest " + action.specDigest()));
    } catch (DomainXmlException e) {
      return Optional.of(Illegal.of(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && hasOurDigest(present)
        && present.untouchedSinceDefined();
  }

  private boolean hasOurDigest(DomainPresent present) {
    return present.domain().specDigest().equals(Optional.of(action.specDigest()));
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    DomainXml xml;
    Optional<Tuning> config;
    try {
      xml = DomainXml.parse(action.xml());
      config = Optional.of(TuningXml.parse(action.xml(), host.cgroupVersion()));
    } catch (DomainXmlException e) {
      return state;
    }
    Optional<DomainPresent> old =
        state instanceof DomainPresent present ? Optional.of(present) : Optional.empty();
    ObservedDomain domain =
        new ObservedDomain(
            action.vm(),
            old.map(o -> o.domain().uuid()).orElse(xml.uuid()),
            old.map(o -> o.domain().state()).orElse(DomainState.SHUT_OFF),
            xml.vcpus(),
            old.map(o -> o.domain().memoryBytes()).orElse(0L),
            "",
            old.flatMap(o -> o.domain().livePins()),
            Optional.of(HostReader.configPins(xml, host.onlineCpus())),
            xml.specDigest());
    return new DomainPresent(
        HostReader.withLimits(domain, config, old.flatMap(DomainPresent::liveTuning)),
        old.map(DomainPresent::active).orElse(false),
        old.map(DomainPresent::autostart).orElse(false),
        old.map(DomainPresent::managedSave).orElse(false),
        Optional.empty(),
        Optional.empty(),
        false,
        config,
        old.flatMap(DomainPresent::liveTuning));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    writer.libvirt().defineXml(action.xml());
    if (!(host.domain(action.vm()) instanceof DomainPresent defined) || !hasOurDigest(defined)) {
      throw new ExecutionFault("libvirt defined " + action.vm() + " otherwise than asked");
    }
    String mark =
        "<defined " + DomainXml.DEFINED_ATTRIBUTE + "='" + defined.domain().configDigest() + "'/>";
    writer
        .libvirt()
        .setMetadata(action.vm().value(), mark, "ballast-agent", DomainXml.DEFINED_NAMESPACE);
    if (!atTarget(host.domain(action.vm()))) {
      throw new ExecutionFault("domain " + action.vm() + " changed while it was being defined");
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (Configurations.same(before, now)) {
      return Standing.BEFORE;
    }
    return now instanceof DomainPresent present
            && hasOurDigest(present)
            && present.definedDigest().isEmpty()
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (before instanceof DomainPresent old && old.xml().isPresent()) {
      writer.libvirt().defineXml(old.xml().get());
    } else if (before instanceof NoDomain) {
      if (host.domain(action.vm()) instanceof DomainPresent now && now.active()) {
        throw new ExecutionFault(
            "domain " + action.vm() + " was started meanwhile; its definition is left");
      }
      writer.libvirt().undefine(action.vm().value());
    } else {
      throw new ExecutionFault("the former XML of " + action.vm() + " is not known");
    }
    ObjectState after = host.domain(action.vm());
    if (!Configurations.same(before, after)) {
      throw new ExecutionFault("after undo the domain reads back as " + after.describe());
    }
  }
}
