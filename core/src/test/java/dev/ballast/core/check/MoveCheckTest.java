package dev.ballast.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.MoveCheck.Cluster;
import dev.ballast.core.check.MoveCheck.Migration;
import dev.ballast.core.check.MoveCheck.Spread;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Three hosts of 10; VMs 0 and 1 of 5 on the first, VM 2 of 5 on the second, VM 3 of 2 there. */
class MoveCheckTest {
  private static Cluster cluster(
      List<Set<Integer>> apart, List<Set<Integer>> together, List<Spread> spread) {
    BitSet all = BitSet.valueOf(new long[] {7});
    BitSet notThird = BitSet.valueOf(new long[] {3});
    return new Cluster(
        List.of(List.of(10L), List.of(10L), List.of(10L)),
        List.of(List.of(5L), List.of(5L), List.of(5L), List.of(2L)),
        List.of(0, 0, 1, 1),
        List.of(all, all, all, notThird),
        apart,
        together,
        spread,
        List.of(0, 0, 1));
  }

  private static List<String> check(int limit, Migration... moves) {
    return MoveCheck.check(cluster(List.of(), List.of(), List.of()), List.of(moves), limit);
  }

  @Test
  void acceptsWhatIsRight() {
    assertThat(check(1, new Migration(0, 0, 2, 1), new Migration(3, 1, 0, 2))).isEmpty();
    assertThat(check(1)).isEmpty();
  }

  @Test
  void bothSidesAreHeldWhileAWaveRuns() {
    assertThat(check(1, new Migration(0, 0, 1, 1)).toString()).contains("host 1 holds 12 of 10");
    assertThat(check(2, new Migration(2, 1, 2, 1), new Migration(0, 0, 1, 2))).isEmpty();
    assertThat(check(2, new Migration(2, 1, 2, 1), new Migration(0, 0, 1, 1)).toString())
        .contains("host 1 holds 12 of 10")
        .contains("part of two migrations");
  }

  @Test
  void noMoreRunAtOnceThanAllowed() {
    assertThat(check(1, new Migration(0, 0, 2, 1), new Migration(3, 1, 1, 1)).toString())
        .contains("2 migrations at once, 1 allowed")
        .contains("VM 3 does not leave host 1");
  }

  @Test
  void forbiddenHostsAndWrongSourcesAreSeen() {
    assertThat(check(1, new Migration(3, 1, 2, 1)).toString()).contains("may not run on host 2");
    assertThat(check(1, new Migration(3, 0, 2, 1)).toString()).contains("does not leave host 0");
  }

  @Test
  void setsAreKept() {
    Migration move = new Migration(3, 1, 0, 1);
    assertThat(
            MoveCheck.check(cluster(List.of(Set.of(0, 3)), List.of(), List.of()), List.of(move), 1)
                .toString())
        .contains("stay apart are on host 0");
    assertThat(
            MoveCheck.check(cluster(List.of(), List.of(Set.of(2, 3)), List.of()), List.of(move), 1)
                .toString())
        .contains("stay together are on 2 hosts");
    Spread spread = new Spread(Set.of(0, 2), 1);
    Migration into = new Migration(2, 1, 2, 1);
    Migration back = new Migration(2, 2, 1, 2);
    assertThat(MoveCheck.check(cluster(List.of(), List.of(), List.of(spread)), List.of(into), 1))
        .isEmpty();
    assertThat(
            MoveCheck.check(cluster(List.of(), List.of(), List.of(spread)), List.of(into, back), 1)
                .toString())
        .contains("2 VMs of a spread are in domain 0");
  }
}
