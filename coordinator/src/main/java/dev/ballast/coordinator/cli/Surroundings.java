package dev.ballast.coordinator.cli;

import java.time.Clock;
import java.util.Map;

/**
 * What a command sees of the world outside.
 *
 * @param environment the process's variables
 * @param clock the time and the zone in which times are printed
 */
record Surroundings(
    Map<String, String> environment, Terminal terminal, Clock clock, Connector connector) {}
