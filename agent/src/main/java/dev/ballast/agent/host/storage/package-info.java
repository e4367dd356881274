/** Files that Ballast keeps on the host: images. Read, and written. */
@NullMarked
package dev.ballast.agent.host.storage;

import org.jspecify.annotations.NullMarked;
