package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeCallsTest {
  private final NativeCalls calls = new NativeCalls(Duration.ofMillis(100));
  private final CountDownLatch thaw = new CountDownLatch(1);

  @AfterEach
  void close() {
    thaw.countDown();
    calls.close();
  }

  private String hang() {
    try {
      thaw.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "late";
  }

  @Test
  void handsResultsAndFaultsThrough() throws LibvirtFault {
    assertThat(calls.call("ask", () -> "answer")).isEqualTo("answer");
    assertThatThrownBy(
            () ->
                calls.call(
                    "ask",
                    () -> {
                      throw new LibvirtFault.Refused("no");
                    }))
        .isInstanceOf(LibvirtFault.Refused.class)
        .hasMessage("no");
  }

  @Test
  void aCallThatHangsMayHaveHappened() {
    assertThatThrownBy(() -> calls.call("ask", this::hang))
        .isInstanceOfSatisfying(
            LibvirtFault.TimedOut.class, e -> assertThat(e.mayHaveHappened()).isTrue());
  }

  @Test
  void whenAllThreadsHangACallIsNotSentAndNeverRuns() throws LibvirtFault {
    for (int i = 0; i < NativeCalls.THREAD_LIMIT; i++) {
      assertThatThrownBy(() -> calls.call("ask", this::hang))
          .isInstanceOf(LibvirtFault.TimedOut.class);
    }
    AtomicBoolean ran = new AtomicBoolean();

    assertThatThrownBy(() -> calls.call("pin", () -> ran.getAndSet(true)))
        .isInstanceOfSatisfying(
            LibvirtFault.Unavailable.class, e -> assertThat(e.mayHaveHappened()).isFalse());

    thaw.countDown();
    await().ignoreExceptions().until(() -> calls.call("ask", () -> "answer").equals("answer"));
    assertThat(ran).isFalse();
  }
}
