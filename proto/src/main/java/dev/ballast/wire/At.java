package dev.ballast.wire;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** A place in a message; checks the value that stands there and refuses it by that name. */
record At(String path) {
  At field(String name) {
    return new At(path + "." + name);
  }

  At index(int index) {
    return new At(path + "[" + index + "]");
  }

  WireException fault(String problem) {
    return new WireException(path, problem);
  }

  /** What the maker returns; its IllegalArgumentException becomes a fault of this place. */
  <T> T make(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      WireException fault = fault(String.valueOf(e.getMessage()));
      fault.initCause(e);
      throw fault;
    }
  }

  /** Decodes the sub-message of that name, which must be set. */
  <P, T> T required(String name, boolean present, P message, BiFunction<P, At, T> decoder) {
    if (!present) {
      throw field(name).fault("is missing");
    }
    return decoder.apply(message, field(name));
  }

  <P, T> Optional<T> optional(
      String name, boolean present, P message, BiFunction<P, At, T> decoder) {
    return present ? Optional.of(decoder.apply(message, field(name))) : Optional.empty();
  }

  <P, T> List<T> list(String name, List<P> messages, int limit, BiFunction<P, At, T> decoder) {
    At place = field(name);
    if (messages.size() > limit) {
      throw place.fault("has " + messages.size() + " entries, at most " + limit + " are taken");
    }
    List<T> result = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      result.add(decoder.apply(messages.get(i), place.index(i)));
    }
    return result;
  }

  long longWithin(String name, long value, long lowest, long highest) {
    if (value < lowest || value > highest) {
      throw field(name).fault(value + " is not within " + lowest + " to " + highest);
    }
    return value;
  }

  /** A number that is not negative; one past Long.MAX_VALUE arrives as negative. */
  long natural(String name, long value) {
    return longWithin(name, value, 0, Long.MAX_VALUE);
  }

  /** The value of this place itself. */
  int natural(int value) {
    if (value < 0) {
      throw fault(value + " is negative");
    }
    return value;
  }

  int intWithin(String name, int value, int lowest, int highest) {
    return (int) longWithin(name, value, lowest, highest);
  }

  String shortText(String name, String value) {
    return text(name, value, WireLimits.SHORT_TEXT_CHARACTERS);
  }

  String text(String name, String value, int limit) {
    if (value.length() > limit) {
      throw field(name)
          .fault("has " + value.length() + " characters, at most " + limit + " are taken");
    }
    return value;
  }

  CpuSet cpus(String name, String list) {
    return field(name).cpuSet(list);
  }

  VmName vm(String name, String value) {
    return field(name).make(() -> new VmName(value));
  }

  HostName host(String name, String value) {
    return field(name).make(() -> new HostName(value));
  }

  CpuSet cpuSet(String list) {
    if (list.length() > WireLimits.CPU_LIST_CHARACTERS) {
      throw fault("is longer than " + WireLimits.CPU_LIST_CHARACTERS + " characters");
    }
    return make(() -> CpuSet.parse(list));
  }

  /** Refuses fields that this version does not know, in the message and in all within it. */
  void refuseUnknown(Message message) {
    Map<Integer, ?> unknown = message.getUnknownFields().asMap();
    if (!unknown.isEmpty()) {
      throw fault(
          "has field "
              + unknown.keySet().iterator().next()
              + ", which this version does not know; update it to the sender's version");
    }
    message.getAllFields().forEach(this::refuseUnknownWithin);
  }

  private void refuseUnknownWithin(FieldDescriptor descriptor, Object value) {
    if (descriptor.getJavaType() != JavaType.MESSAGE) {
      return;
    }
    At place = field(descriptor.getName());
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        place.index(i).refuseUnknown((Message) list.get(i));
      }
    } else {
      place.refuseUnknown((Message) value);
    }
  }
}
