package dev.ballast.core.practice;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Plan;
import java.util.Optional;

/**
 * Something on a host that is against a rule.
 *
 * @param rule the rule's id
 * @param vm absent when it concerns the host itself
 * @param field what of the host or VM, as its XML, file or specification names it
 * @param text one sentence: what was found
 * @param remedy what to do: a command, or the change of a specification or of the XML
 * @param plan what mends it, when Ballast can do it by itself
 */
public record Finding(
    String rule,
    Severity severity,
    HostName host,
    Optional<VmName> vm,
    String field,
    String text,
    String remedy,
    Optional<Plan> plan) {}
