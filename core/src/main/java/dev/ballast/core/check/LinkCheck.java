package dev.ballast.core.check;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.InFiles;
import dev.ballast.core.model.LinkSetting.Neighbours;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What a plan makes of a host's links: only what can be given back, and nothing that cuts off. */
final class LinkCheck {
  private final HostView host;
  private final Consumer<String> report;

  LinkCheck(HostView host, Consumer<String> report) {
    this.host = host;
    this.report = report;
  }

  void run(LinkSetting target) {
    switch (target) {
      case OtherLinks ignored -> report.accept("sets links of others");
      case Neighbours ignored -> report.accept("sets neighbours");
      case InFiles ignored -> report.accept("sets what only files say");
      case OwnLinks own -> own(own.links());
    }
  }

  private SortedMap<String, HostLink> found(String key) {
    HostSetting setting = host.settings().get(key);
    if (setting instanceof OwnLinks(var links)) {
      return links;
    }
    return setting instanceof OtherLinks(var links) ? links : new TreeMap<>();
  }

  private void own(SortedMap<String, HostLink> target) {
    SortedMap<String, HostLink> others = found(OtherLinks.KEY);
    SortedMap<String, HostLink> before = found(OwnLinks.KEY);
    Set<String> carried = new TreeSet<>();
    Set<String> ports = new TreeSet<>();
    target
        .values()
        .forEach(
            link -> {
              carried.addAll(link.addresses());
              carried.addAll(link.routes());
              ports.addAll(link.ports());
            });
    target.forEach(
        (name, link) -> {
          if (link.mtuBytes() == 0 || !link.extra().isEmpty() || !link.owner().isEmpty()) {
            report.accept("cannot set link " + name + " to " + link.describe());
          }
          if ((link.kind() == Kind.CARD) != link.former().isPresent()) {
            report.accept("does not know what link " + name + " gets back");
          }
          if (ports.contains(name) && !(link.addresses().isEmpty() && link.routes().isEmpty())) {
            report.accept("leaves addresses or routes on port " + name);
          }
          if (!before.containsKey(name)) {
            comes(name, link, others, carried);
          }
        });
    if (!target.keySet().containsAll(ports)) {
      report.accept("takes ports that are no links: " + ports);
    }
  }

  private void comes(
      String name, HostLink link, SortedMap<String, HostLink> others, Set<String> carried) {
    HostLink other = others.get(name);
    if ((other == null) != (link.kind() == Kind.BRIDGE)) {
      report.accept(
          other == null ? "takes a link that is not there: " + name : "makes over link " + name);
    }
    if (other == null || link.former().isEmpty()) {
      return;
    }
    Former had = link.former().get();
    if (!other.owner().isEmpty() || !other.extra().isEmpty()) {
      report.accept("takes link " + name + " of another owner: " + other.describe());
    }
    if (!had.addresses().equals(other.addresses())
        || !had.routes().equals(other.routes())
        || had.mtuBytes() != other.mtuBytes()) {
      report.accept("would not give link " + name + " back as it was");
    }
    if (!carried.containsAll(other.addresses()) || !carried.containsAll(other.routes())) {
      report.accept("cuts off what link " + name + " carries");
    }
  }
}
