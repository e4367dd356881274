package dev.ballast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.wire.ContractVersion.Result;
import org.junit.jupiter.api.Test;

class ContractVersionTest {
  @Test
  void speaksTheNewestThatBothCan() {
    assertThat(ContractVersion.negotiate(1, 1)).isEqualTo(new Result.Agreed(1));
    assertThat(ContractVersion.negotiate(ContractVersion.CURRENT + 1, ContractVersion.CURRENT))
        .isEqualTo(new Result.Agreed(ContractVersion.CURRENT));
  }

  @Test
  void saysWhoMustBeUpdated() {
    assertThat(ContractVersion.negotiate(7, 6))
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused ->
                assertThat(refused.sentence())
                    .contains("needs contract version 6 or newer")
                    .endsWith("update the coordinator"));
    assertThat(ContractVersion.negotiate(0, 0))
        .isInstanceOfSatisfying(
            Result.Refused.class, refused -> assertThat(refused.sentence()).contains("0 to 0"));
    assertThat(ContractVersion.negotiate(1, 2)).isInstanceOf(Result.Refused.class);
  }
}
