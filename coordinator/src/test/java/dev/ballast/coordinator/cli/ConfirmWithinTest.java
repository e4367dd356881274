package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmWithinTest {
  @Test
  void readsSeconds() {
    assertThat(ConfirmWithin.millis("60s")).contains(60_000L);
    assertThat(ConfirmWithin.millis("3600")).contains(3_600_000L);
    assertThat(ConfirmWithin.millis(null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "3601", "60m", "-1", "1e3", "99999999999"})
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> ConfirmWithin.millis(text)).isInstanceOf(CliException.class);
  }
}
