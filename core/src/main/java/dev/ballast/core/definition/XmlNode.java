package dev.ballast.core.definition;

/** What an element holds. */
sealed interface XmlNode permits XmlElement, XmlNode.Text {
  /** Text as it is read, entities replaced. */
  record Text(String text) implements XmlNode {}
}
