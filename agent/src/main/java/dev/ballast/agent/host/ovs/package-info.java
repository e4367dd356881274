/** Open vSwitch's database over its Unix socket (RFC 7047): calls, rows, and a tap for changes. */
@NullMarked
package dev.ballast.agent.host.ovs;

import org.jspecify.annotations.NullMarked;
