package dev.ballast.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.outbox.Outbox.Item;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox();

  private static CommandResult result(long id) {
    return new CommandResult(id, 1, List.of(new Outcome.Unchanged()));
  }

  private static CpuAlert alert(long at) {
    return new CpuAlert(at, at, CpuAlert.Kind.HOT_CPUS, CpuSet.of(0), 950, 900, List.of());
  }

  private static HostLoad load(long at) {
    return new HostLoad(at, 0, 0, List.of(), List.of());
  }

  private List<Item> drain() {
    List<Item> items = new ArrayList<>();
    for (Optional<Item> item = outbox.poll(); item.isPresent(); item = outbox.poll()) {
      items.add(item.get());
    }
    return items;
  }

  @Test
  void resultsGoOnceAStreamUntilTheyAreAcknowledged() {
    outbox.result(result(1));
    outbox.result(result(2));
    assertThat(drain()).containsExactly(new Item.Result(result(1)), new Item.Result(result(2)));
    assertThat(drain()).isEmpty();

    outbox.acknowledged(1);
    outbox.rewind();
    assertThat(drain()).containsExactly(new Item.Result(result(2)));

    outbox.acknowledged(2);
    outbox.rewind();
    assertThat(drain()).isEmpty();
  }

  @Test
  void onlyTheNewestSampleWaitsAndNoneOfAnEarlierStream() {
    outbox.load(load(1));
    outbox.load(load(2));
    assertThat(drain()).containsExactly(new Item.Load(load(2)));

    outbox.load(load(3));
    outbox.rewind();
    assertThat(drain()).isEmpty();
  }

  @Test
  void alertsGoFirstAndTheOldestOfTooManyAreDropped() {
    outbox.load(load(1));
    outbox.result(result(1));
    for (int i = 0; i <= Outbox.ALERT_LIMIT; i++) {
      outbox.alert(alert(i));
    }

    List<Item> items = drain();

    assertThat(items).hasSize(Outbox.ALERT_LIMIT + 2);
    assertThat(items.getFirst()).isEqualTo(new Item.Alert(alert(1)));
    assertThat(items.getLast()).isEqualTo(new Item.Load(load(1)));
  }

  @Test
  void resultsAreBounded() {
    for (int i = 1; i <= Outbox.RESULT_LIMIT + 1; i++) {
      outbox.result(result(i));
    }

    List<Item> items = drain();

    assertThat(items).hasSize(Outbox.RESULT_LIMIT);
    assertThat(items.getFirst()).isEqualTo(new Item.Result(result(2)));
  }

  @Test
  void theResultOfAChangeWaitsForTheHookAndTellsTheListener() {
    AtomicInteger told = new AtomicInteger();
    outbox.onAvailable(told::incrementAndGet);
    outbox.beforeResult(() -> assertThat(drain()).isEmpty());

    outbox.resultOfChange(result(1));

    assertThat(told).hasValue(1);
    assertThat(drain()).hasSize(1);
  }

  @Test
  void ofProgressOnlyTheNewestOfEachCommandGoes() {
    outbox.progress(progress(1, 10));
    outbox.progress(progress(2, 20));
    outbox.progress(progress(1, 30));

    assertThat(outbox.poll()).contains(new Outbox.Item.Progress(progress(2, 20)));
    assertThat(outbox.poll()).contains(new Outbox.Item.Progress(progress(1, 30)));
    assertThat(outbox.poll()).isEmpty();
  }

  @Test
  void progressIsNothingAfterTheResultAndOnANewStream() {
    outbox.progress(progress(1, 10));
    outbox.result(new CommandResult(1, 1, List.of(new Outcome.Unchanged())));
    outbox.progress(progress(2, 20));
    outbox.rewind();

    assertThat(outbox.poll()).containsInstanceOf(Outbox.Item.Result.class);
    assertThat(outbox.poll()).isEmpty();
  }

  @Test
  void progressIsBounded() {
    for (long id = 1; id <= Outbox.PROGRESS_LIMIT + 1; id++) {
      outbox.progress(progress(id, 10));
    }

    assertThat(outbox.poll()).contains(new Outbox.Item.Progress(progress(2, 10)));
  }

  private static CommandProgress progress(long command, long elapsedMillis) {
    return new CommandProgress(command, elapsedMillis, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void answersAreBoundedAndBelongToOneStream() {
    for (long id = 1; id <= Outbox.ANSWER_LIMIT + 1; id++) {
      outbox.answer(DefinitionAnswer.absent(id, "no"));
    }
    List<Item> items = drain();
    assertThat(items).hasSize(Outbox.ANSWER_LIMIT);
    assertThat(items.getFirst()).isEqualTo(new Item.Answer(DefinitionAnswer.absent(2, "no")));

    outbox.answer(DefinitionAnswer.found(20, "<domain/>"));
    outbox.rewind();
    assertThat(drain()).isEmpty();
  }
}
