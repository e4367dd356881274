package dev.ballast.coordinator.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.SortedMap;
import java.util.TreeMap;

/** An event's details as a JSON object of texts. */
final class Details {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private Details() {}

  static String write(SortedMap<String, String> details) {
    try {
      return JSON.writeValueAsString(details);
    } catch (JsonProcessingException e) {
      throw new StoreException("an event's details cannot be stored: " + e.getMessage(), e);
    }
  }

  static SortedMap<String, String> read(String json) {
    try {
      return JSON.readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      throw new StoreException("the store holds an event with damaged details: " + json, e);
    }
  }
}
