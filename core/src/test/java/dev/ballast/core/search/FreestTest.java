package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FreestTest {
  @Property(tries = 500)
  void theOrderIsAlwaysThatOfASort(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] left = random.doubles(random.nextInt(1, 12), -2, 3).map(Math::rint).toArray();
    Freest freest = new Freest(left.length, bin -> left[bin]);

    for (int round = 0; round < 10; round++) {
      for (int changes = random.nextInt(6); changes > 0; changes--) {
        int bin = random.nextInt(left.length);
        left[bin] = Math.rint(random.nextDouble(-2, 3));
        freest.change(bin);
      }
      assertThat(freest.order())
          .containsExactly(
              IntStream.range(0, left.length)
                  .boxed()
                  .sorted(Comparator.comparingDouble((Integer bin) -> 0.0 - left[bin]))
                  .mapToInt(Integer::intValue)
                  .toArray());
    }
  }
}
