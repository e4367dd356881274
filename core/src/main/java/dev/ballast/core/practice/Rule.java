package dev.ballast.core.practice;

import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import java.util.List;

/** One rule of good practice. Pure: the same snapshot gives the same findings in the same order. */
public interface Rule {
  /** {@code BL} and three digits; never given to another rule. */
  String id();

  /** A few words for a table. */
  String title();

  /** One sentence: what goes wrong where the rule is not kept. */
  String why();

  /** Whether it compares hosts, so that one host alone says nothing. */
  default boolean comparesHosts() {
    return false;
  }

  /** What on the host is against the rule; hosts of which nothing is known give nothing. */
  List<Finding> examine(Snapshot snapshot, HostView host);
}
