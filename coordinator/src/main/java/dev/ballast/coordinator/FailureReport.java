package dev.ballast.coordinator;

import dev.ballast.coordinator.pki.PkiException;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells a command's failure in its own words, without a stack trace, and picks the exit code. */
final class FailureReport implements IExecutionExceptionHandler {
  static final int FAILED = 1;
  static final int FAULTY_INPUT = 2;

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed)
      throws Exception {
    PrintWriter err = command.getErr();
    return switch (e) {
      case SettingsException settings -> tell(err, settings, FAULTY_INPUT);
      case PkiException pki -> tell(err, pki, FAULTY_INPUT);
      case TlsException tls -> tell(err, tls, FAULTY_INPUT);
      case StoreException store -> tell(err, store, FAILED);
      case IOException io -> tell(err, io, FAILED);
      default -> throw e;
    };
  }

  private static int tell(PrintWriter err, Exception e, int exitCode) {
    err.println("ballast-coordinator: " + e.getMessage());
    err.flush();
    return exitCode;
  }
}
