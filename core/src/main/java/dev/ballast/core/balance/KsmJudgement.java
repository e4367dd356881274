package dev.ballast.core.balance;

import dev.ballast.core.model.KsmSettings;
import java.util.Optional;

/**
 * What a look at a host's same-page merging led to.
 *
 * @param target the settings that it should have; absent to leave it as it is
 * @param track what to remember for the next look
 * @param reason naming saved bytes and cost where they are known
 */
public record KsmJudgement(
    Optional<KsmSettings> target, KsmTrack track, String reason, String cost, String gain) {}
