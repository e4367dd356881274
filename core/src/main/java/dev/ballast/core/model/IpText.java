package dev.ballast.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Addresses and routes of the Internet protocol, each in the one way that the kernel writes it. */
public final class IpText {
  /** The destination of everything that nothing else leads to. */
  public static final String DEFAULT = "default";

  private static final Pattern FOUR = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
  private static final Pattern SIX = Pattern.compile("[0-9a-f:]{2,39}");
  private static final Pattern GROUP = Pattern.compile("[0-9a-f]{1,4}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final int BITS_SIX = 128;
  private static final int BITS_FOUR = 32;
  private static final int GROUPS = 8;

  /** What the kernel gives a route of IPv6 that names none. */
  private static final String METRIC_SIX = "1024";

  private IpText() {}

  /** Whether it is one of IPv6. */
  public static boolean isSix(String text) {
    return text.indexOf(':') >= 0;
  }

  /**
   * An address without a prefix.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static String address(String text) {
    String small = text.toLowerCase(Locale.ROOT);
    if (FOUR.matcher(small).matches()) {
      return Subnet.parse(small + "/" + BITS_FOUR).toString().replace("/" + BITS_FOUR, "");
    }
    if (!SIX.matcher(small).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address: write 192.0.2.1 or fd00::1");
    }
    return compressed(groups(small));
  }

  /**
   * An address with its prefix.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static String prefixed(String text) {
    int slash = text.indexOf('/');
    String length = slash < 0 ? "" : text.substring(slash + 1);
    if (!NUMBER.matcher(length).matches()
        || Integer.parseInt(length) > (isSix(text) ? BITS_SIX : BITS_FOUR)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address with a prefix: write 192.0.2.1/24 or fd00::1/64");
    }
    return address(text.substring(0, slash)) + "/" + Integer.parseInt(length);
  }

  /**
   * A route as the program ip tells it: {@code default via 192.0.2.1}, {@code 10.0.0.0/8 via
   * 192.0.2.1 metric 5}, {@code 10.0.0.0/8}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static String route(String text) {
    List<String> words = List.of(text.strip().split("\\s+"));
    int at = 1;
    String via = "";
    if (at + 1 < words.size() && words.get(at).equals("via")) {
      via = address(words.get(at + 1));
      at += 2;
    }
    String metric = "";
    if (at + 1 < words.size() && words.get(at).equals("metric")) {
      metric = words.get(at + 1);
      at += 2;
    }
    boolean isDefault = words.getFirst().equals(DEFAULT);
    if (at != words.size()
        || (!metric.isEmpty() && !NUMBER.matcher(metric).matches())
        || (isDefault && via.isEmpty())) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no route: write 'default via 192.0.2.1' or '10.0.0.0/8 via 192.0.2.1'");
    }
    String to = isDefault ? DEFAULT : network(words.getFirst());
    boolean six = isSix(isDefault ? via : to);
    if (!via.isEmpty() && isSix(via) != six) {
      throw new IllegalArgumentException(
          "'" + text + "' is no route: destination and gateway are of the same kind");
    }
    boolean given = metric.isEmpty() || metric.equals(six ? METRIC_SIX : "0");
    return to + (via.isEmpty() ? "" : " via " + via) + (given ? "" : " metric " + metric);
  }

  private static String network(String text) {
    String network =
        prefixed(text.indexOf('/') >= 0 ? text : text + "/" + (isSix(text) ? BITS_SIX : BITS_FOUR));
    if (!isSix(network) && !Subnet.parse(network).toString().equals(network)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no network: write " + Subnet.parse(network));
    }
    return network;
  }

  private static List<Integer> groups(String text) {
    int gap = text.indexOf("::");
    List<Integer> head = some(gap < 0 ? text : text.substring(0, gap), text);
    List<Integer> tail = gap < 0 ? List.of() : some(text.substring(gap + 2), text);
    int missing = GROUPS - head.size() - tail.size();
    if (gap < 0 ? missing != 0 : missing < 1) {
      throw new IllegalArgumentException("'" + text + "' is no address of IPv6");
    }
    List<Integer> all = new ArrayList<>(head);
    for (int i = 0; i < missing; i++) {
      all.add(0);
    }
    all.addAll(tail);
    return all;
  }

  private static List<Integer> some(String part, String whole) {
    List<Integer> groups = new ArrayList<>();
    for (String group : part.isEmpty() ? new String[0] : part.split(":", -1)) {
      if (!GROUP.matcher(group).matches()) {
        throw new IllegalArgumentException("'" + whole + "' is no address of IPv6");
      }
      groups.add(Integer.parseInt(group, 16));
    }
    return groups;
  }

  /** RFC 5952: the longest run of zeros goes, the first of several. */
  private static String compressed(List<Integer> groups) {
    int start = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups.get(end) == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        start = i;
      }
    }
    if (start < 0) {
      return joined(groups);
    }
    return joined(groups.subList(0, start))
        + "::"
        + joined(groups.subList(start + longest, GROUPS));
  }

  private static String joined(List<Integer> groups) {
    return String.join(":", groups.stream().map(Integer::toHexString).toList());
  }
}
