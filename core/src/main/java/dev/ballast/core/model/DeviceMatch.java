package dev.ballast.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which PCI devices belong to a pool, as agent.yaml says it. */
public sealed interface DeviceMatch {
  /** The virtual functions of the card with that network interface: {@code vf:ens1f0}. */
  record FunctionsOf(String nic) implements DeviceMatch {}

  /** All devices of a kind: {@code 10de:20b0}. */
  record OfKind(String id) implements DeviceMatch {}

  /** One device: {@code 0000:5e:00.0}. */
  record At(String address) implements DeviceMatch {}

  /** What is written of a pool, for messages. */
  String FORM =
      "vf:INTERFACE, VENDOR:DEVICE or a PCI address, several with commas: 'vf:ens1f0',"
          + " '10de:20b0', '0000:5e:00.0'";

  /** A pool is made of at most so many kinds. */
  int LIMIT = 64;

  Pattern FUNCTIONS = Pattern.compile("vf:([A-Za-z0-9_.-]{1,15})");

  Pattern KIND = Pattern.compile("[0-9a-f]{4}:[0-9a-f]{4}");

  /**
   * The kinds that one text names.
   *
   * @throws IllegalArgumentException naming the part that is none
   */
  static List<DeviceMatch> parse(String text) {
    List<DeviceMatch> matches = new ArrayList<>();
    for (String part : text.split(",", LIMIT)) {
      String word = part.strip();
      String lower = word.toLowerCase(Locale.ROOT);
      if (FUNCTIONS.matcher(word).matches()) {
        matches.add(new FunctionsOf(word.substring("vf:".length())));
      } else if (KIND.matcher(lower).matches()) {
        matches.add(new OfKind(lower));
      } else if (HostDevice.ADDRESS.matcher(lower).matches()) {
        matches.add(new At(lower));
      } else {
        throw new IllegalArgumentException("'" + word + "' is not " + FORM);
      }
    }
    return List.copyOf(matches);
  }
}
