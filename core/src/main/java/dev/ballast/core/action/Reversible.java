package dev.ballast.core.action;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;

/** An action with an exact undo: the agent restores what it observed before it acted. */
public sealed interface Reversible extends Action {
  /**
   * Pins every vCPU and the emulator of a domain, in the persistent configuration and, when the
   * domain runs, live. Legal while the domain exists and is persistent; undo pins as before.
   */
  record PinCpus(VmName vm, CpuPins pins) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      StringBuilder text = new StringBuilder("pin ").append(vm).append(": ");
      for (int i = 0; i < pins.vcpus().size(); i++) {
        text.append("vcpu").append(i).append(" to ").append(pins.vcpus().get(i)).append(", ");
      }
      return text.append("emulator to ").append(pins.emulator()).toString();
    }
  }

  /**
   * Sets all limits of a domain, in the persistent configuration and, when the domain runs, live.
   * Legal while the domain exists and is persistent, has the named disks and NICs, and uses no more
   * memory than a lowered limit leaves; undo sets them as before.
   */
  record SetLimits(VmName vm, VmLimits limits) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "limit " + vm + ": " + limits;
    }
  }

  /** Sets the KSM knobs; undo writes the former ones. {@code run=2} is not legal here. */
  record SetKsm(KsmSettings settings) implements Reversible {
    public SetKsm {
      if (settings.run() == 2) {
        throw new IllegalArgumentException("KSM run=2 (unmerge) has no safe undo");
      }
    }

    @Override
    public ObjectKey object() {
      return ObjectKey.KSM;
    }

    @Override
    public String describe() {
      return "set KSM run="
          + settings.run()
          + " pages_to_scan="
          + settings.pagesToScan()
          + " sleep_millisecs="
          + settings.sleepMillis();
    }
  }

  /**
   * Defines or redefines a domain from XML. Legal when the host has no domain of that name or one
   * that Ballast defined; undo restores the former XML, or undefines.
   *
   * @param specDigest written into the domain's metadata, proves later what was defined
   */
  record DefineDomain(VmName vm, String xml, String specDigest) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "define "
          + vm
          + " ("
          + specDigest.substring(0, Math.min(12, specDigest.length()))
          + ")";
    }
  }

  /** Undefines a domain that does not run; undo defines it again from the XML it had. */
  record UndefineDomain(VmName vm) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "undefine " + vm;
    }
  }
}
