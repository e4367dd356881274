package dev.ballast.coordinator.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CommandTimesTest {
  private static final VmName VM = new VmName("web");
  private static final List<Task> PIN = List.of(task(new PinCpus(VM, TestPlans.FRONT)));
  private static final List<Task> SWITCH =
      List.of(task(new SetSwitch(new TreeMap<>(), new TreeSet<>(List.of("br1")))));
  private static final List<Task> START = List.of(task(new StartDomain(VM)));

  private static Task task(Action action) {
    return new Task(1, new HostName("h1"), new PlannedAction(action, new NoDomain()), Set.of());
  }

  @Test
  void changesOfASwitchAreAlwaysToBeConfirmed() {
    assertThat(CommandTimes.confirmWithinMillis(SWITCH, Optional.empty())).contains(60_000L);
    assertThat(CommandTimes.confirmWithinMillis(SWITCH, Optional.of(5_000L))).contains(5_000L);
  }

  @Test
  void othersOnlyWhenTheOperatorWantsIt() {
    assertThat(CommandTimes.confirmWithinMillis(PIN, Optional.empty())).isEmpty();
    assertThat(CommandTimes.confirmWithinMillis(PIN, Optional.of(5_000L))).contains(5_000L);
  }

  @Test
  void whatIsFinalIsNotConfirmed() {
    assertThat(CommandTimes.confirmWithinMillis(START, Optional.of(5_000L))).isEmpty();
  }

  @Test
  void anUnconfirmedCommandIsAwaitedUntilItIsUndone() {
    long plain = CommandTimes.outcomeWithinMillis(15_000, PIN, Optional.empty());

    assertThat(CommandTimes.outcomeWithinMillis(15_000, PIN, Optional.of(300_000L)))
        .isGreaterThanOrEqualTo(plain + 300_000 + 10_000);
    assertThat(CommandTimes.lastingMillis(PIN, Optional.of(300_000L))).isGreaterThan(300_000);
    assertThat(CommandTimes.lastingMillis(PIN, Optional.empty())).isZero();
  }

  @Test
  void peopleAreToldOfTheConfirmation() {
    assertThat(ProgressText.confirming(60_000)).contains("unless confirmed within 60 s");
  }
}
