package dev.ballast.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestClocksTest {
  private static final VmName WEB = new VmName("web");
  private static final VmName DB = new VmName("db");

  private final Map<String, Long> answers = new HashMap<>(Map.of("web", -1_500L));
  private final List<String> asked = new ArrayList<>();
  private List<VmName> running = List.of(WEB, DB);
  private final GuestClocks clocks = new GuestClocks(this::ask, () -> running, 60_000);

  private long ask(String domain) throws LibvirtFault {
    asked.add(domain);
    Long offset = answers.get(domain);
    if (offset == null) {
      throw new LibvirtFault.Refused("QEMU guest agent is not configured");
    }
    return offset;
  }

  private Optional<Long> offset(VmName vm) {
    HostLoad load =
        new HostLoad(
            1, 2, 3, List.of(), List.of(new VmLoad(WEB, 1, 2, 3), new VmLoad(DB, 4, 5, 6)));
    return clocks.in(load).vms().stream()
        .filter(told -> told.vm().equals(vm))
        .findFirst()
        .flatMap(VmLoad::clockOffsetMillis);
  }

  @Test
  void whatAGuestsAgentSaysGoesWithItsLoad() {
    assertThat(offset(WEB)).isEmpty();
    clocks.round();

    assertThat(offset(WEB)).contains(-1_500L);
    assertThat(offset(DB)).isEmpty();
  }

  @Test
  void whoIsSilentIsAskedEverLessOften() {
    int[] rounds = new int[40];
    for (int i = 0; i < rounds.length; i++) {
      asked.clear();
      clocks.round();
      assertThat(asked).contains("web");
      rounds[i] = asked.contains("db") ? 1 : 0;
    }

    List<Integer> turns = new ArrayList<>();
    for (int i = 0; i < rounds.length; i++) {
      if (rounds[i] == 1) {
        turns.add(i);
      }
    }
    assertThat(turns).containsExactly(0, 1, 3, 7, 15, 31);
  }

  @Test
  void whoAnswersNoMoreHasNoClock() {
    clocks.round();
    answers.clear();
    clocks.round();

    assertThat(offset(WEB)).isEmpty();
  }

  @Test
  void whoRunsNoMoreIsForgotten() {
    clocks.round();
    running = List.of();
    clocks.round();
    assertThat(offset(WEB)).isEmpty();

    running = List.of(DB);
    asked.clear();
    clocks.round();
    assertThat(asked).as("a new start, a new question").containsExactly("db");
  }
}
