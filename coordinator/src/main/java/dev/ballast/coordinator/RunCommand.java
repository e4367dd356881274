package dev.ballast.coordinator;

import dev.ballast.coordinator.config.CoordinatorConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: the server, until it is told to stop. */
@Command(name = "run", description = "Run the coordinator until it is told to stop (SIGTERM).")
final class RunCommand implements Callable<Integer> {
  private static final String LOG_LEVEL_PROPERTY = "ballast.log.level";

  @Mixin private ConfigOption config = new ConfigOption();

  @Override
  public Integer call() throws Exception {
    if (System.getProperty(LOG_LEVEL_PROPERTY) == null) {
      System.setProperty(LOG_LEVEL_PROPERTY, "INFO");
    }
    CoordinatorConfig loaded = config.load();
    Coordinator coordinator = Coordinator.open(loaded);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  ServiceNotice.send("STOPPING=1");
                  coordinator.close();
                  stopped.countDown();
                },
                "stop"));
    coordinator.start();
    ServiceNotice.send("READY=1");
    stopped.await();
    return 0;
  }
}
