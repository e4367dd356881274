package dev.ballast.core.action;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which changes of a host's links are legal: nothing of others is taken that could not be given
 * back, and what a link carries goes with it, or the host would be cut off.
 */
public final class LinkRules {
  private LinkRules() {}

  /** Why a link is not Ballast's to take; absent when all are. */
  public static Optional<String> otherOwner(OwnLinks target, OwnLinks now, OtherLinks others) {
    for (String name : target.links().keySet()) {
      HostLink other = others.links().get(name);
      if (!now.links().containsKey(name) && other != null && !other.owner().isEmpty()) {
        return Optional.of(otherOwner(name, other.owner()));
      }
    }
    return Optional.empty();
  }

  /** How a text about a link says whose it is. */
  public static final String MANAGED = "is managed by ";

  /** Who manages the link that a text with {@link #MANAGED} is about. */
  public static Optional<String> owner(String text) {
    int at = text.indexOf(MANAGED);
    return at < 0 ? Optional.empty() : Optional.of(text.substring(at + MANAGED.length()));
  }

  /** What to do about a link that another program manages. */
  public static String otherOwner(String link, String owner) {
    return "link "
        + link
        + " "
        + MANAGED
        + owner
        + ": change it there, or take it out of its configuration first";
  }

  /** What stands against the links becoming so; empty when nothing does. */
  public static List<String> problems(OwnLinks target, OwnLinks now, OtherLinks others) {
    List<String> problems = new ArrayList<>();
    target
        .links()
        .forEach(
            (name, link) -> {
              if (link.kind() == Kind.BRIDGE) {
                ports(name, link, target, problems);
              }
              if (!now.links().containsKey(name)) {
                comes(name, link, target, others, problems);
              }
            });
    now.links().forEach((name, link) -> changes(name, link, target, problems));
    return problems;
  }

  private static void ports(String name, HostLink bridge, OwnLinks target, List<String> problems) {
    for (String port : bridge.ports()) {
      HostLink card = target.links().get(port);
      if (card == null || card.kind() == Kind.BRIDGE) {
        problems.add("port " + port + " of bridge " + name + " is no link that it could take");
      } else if (!card.carries().isEmpty()) {
        problems.add(port + " cannot have " + card.carries() + " as a port of bridge " + name);
      }
    }
  }

  private static void comes(
      String name, HostLink link, OwnLinks target, OtherLinks others, List<String> problems) {
    HostLink other = others.links().get(name);
    if (link.kind() == Kind.BRIDGE) {
      if (other != null) {
        problems.add("has a link " + name + " that Ballast did not make: name another");
      }
      return;
    }
    if (other == null) {
      problems.add("has no link " + name + "; it has " + others.links().keySet());
      return;
    }
    if (!other.extra().isEmpty()) {
      problems.add(name + " is " + other.extra() + ": Ballast does not take it");
      return;
    }
    Optional<Former> had = link.former();
    if (had.isEmpty()
        || !had.get().addresses().containsAll(other.addresses())
        || !had.get().routes().containsAll(other.routes())) {
      problems.add(
          name
              + " has changed since it was planned: it has "
              + (other.carries().isEmpty() ? "nothing" : other.carries())
              + ", the plan knows "
              + had.map(Former::text).orElse("nothing"));
    }
    stays(name, other, target, problems);
  }

  private static void stays(String name, HostLink other, OwnLinks target, List<String> problems) {
    SortedSet<String> lost = new TreeSet<>(other.addresses());
    lost.addAll(other.routes());
    target
        .links()
        .values()
        .forEach(
            link -> {
              lost.removeAll(link.addresses());
              lost.removeAll(link.routes());
            });
    if (!lost.isEmpty()) {
      problems.add(
          name
              + " has "
              + String.join(", ", lost)
              + ": a change that takes it must take that too, or the host would be cut off"
              + " (--keep)");
    }
  }

  private static void changes(String name, HostLink link, OwnLinks target, List<String> problems) {
    HostLink wanted = target.links().get(name);
    if (!link.equals(wanted) && !link.extra().isEmpty() && !link.extra().equals(HostLink.DOWN)) {
      problems.add(name + " is " + link.extra() + ", which Ballast could not put back: undo that");
    }
    if (wanted != null
        && (wanted.kind() != link.kind() || !wanted.former().equals(link.former()))) {
      problems.add(name + " is held as " + link.describe() + ": release it first");
    }
  }
}
