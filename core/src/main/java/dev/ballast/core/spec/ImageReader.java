package dev.ballast.core.spec;

import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.core.model.ImageSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads one document as an image. A faulty value becomes a harmless one, so that reading goes on.
 */
final class ImageReader {
  static final String KIND = "Image";

  private static final String NAME_FORM =
      "small letters, digits, '-', '_' and '.', at most 63, the first a letter or digit";
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern SHA512 = Pattern.compile("[0-9a-fA-F]{128}");
  private static final Content NOTHING =
      new Content("raw", "sha256:" + "0".repeat(64), "file:///nothing");

  private final Faults faults;
  private final Duplicates duplicates;
  private final Map<String, Location> at = new HashMap<>();

  ImageReader(Faults faults, Duplicates duplicates) {
    this.faults = faults;
    this.duplicates = duplicates;
  }

  /** Whether the document says that it is an image. */
  static boolean isImage(YamlNode document) {
    return NetworkReader.isOfKind(document, KIND);
  }

  /** The image, or nothing when the document is no mapping. */
  Optional<LocatedImage> read(YamlNode document) {
    Field root = new Reading(faults, at).field("", document);
    return root.section("kind", "name", "source", "format", "sha256", "sha512", "hosts")
        .map(image -> new LocatedImage(spec(root, image), at));
  }

  private ImageSpec spec(Field root, Section image) {
    Optional<String> name =
        image
            .require("name", "name the image")
            .flatMap(field -> field.text(ImageFile.NAME, NAME_FORM));
    name.ifPresent(found -> duplicates.image(found, at.getOrDefault("name", root.at())));
    Optional<String> format =
        image
            .require("format", "qcow2 or raw")
            .flatMap(field -> field.choice(DeviceReader.FORMATS));
    Optional<String> source =
        image.require("source", "http://, https:// or file:///").flatMap(ImageReader::source);
    Optional<String> digest = digest(root, image);
    boolean whole = format.isPresent() && source.isPresent() && digest.isPresent();
    Content content = whole ? new Content(format.get(), digest.get(), source.get()) : NOTHING;
    return new ImageSpec(name.orElse("unnamed"), content, NetworkReader.hosts(image, at));
  }

  private static Optional<String> source(Field field) {
    Optional<String> text = field.text(ImageFile.SOURCE_LIMIT);
    if (text.isPresent() && !Content.isSource(text.get())) {
      field.fault(
          "'source' is http://HOST/FILE, https://HOST/FILE or file:///FILE, not "
              + Quoted.of(text.get()));
      return Optional.empty();
    }
    return text;
  }

  private static Optional<String> digest(Field root, Section image) {
    Optional<Field> sha256 = image.get("sha256");
    Optional<Field> sha512 = image.get("sha512");
    if (sha256.isPresent() == sha512.isPresent()) {
      root.fault(
          sha256.isPresent() ? "'sha256' and 'sha512' are both written" : "the digest is missing",
          "write one of them: what 'sha256sum FILE' prints");
      return Optional.empty();
    }
    return sha256
        .flatMap(field -> field.text(SHA256, "64 hexadecimal digits"))
        .flatMap(digits -> Content.digest("sha256", digits))
        .or(
            () ->
                sha512
                    .flatMap(field -> field.text(SHA512, "128 hexadecimal digits"))
                    .flatMap(digits -> Content.digest("sha512", digits)));
  }
}
