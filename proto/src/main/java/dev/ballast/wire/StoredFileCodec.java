package dev.ballast.wire;

import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import dev.ballast.v1.ImageContent;
import dev.ballast.v1.VolumeContent;
import dev.ballast.v1.VolumeKind;
import java.util.Optional;

/** Files that hosts keep. {@code fromProto} throws {@link WireException}. */
final class StoredFileCodec {
  private StoredFileCodec() {}

  static dev.ballast.v1.ImageFile toProto(ImageFile image) {
    dev.ballast.v1.ImageFile.Builder result =
        dev.ballast.v1.ImageFile.newBuilder().setName(image.name());
    image
        .content()
        .ifPresent(
            content ->
                result.setContent(
                    ImageContent.newBuilder()
                        .setFormat(content.format())
                        .setDigest(content.digest())
                        .setSource(content.source())));
    return result.build();
  }

  static ImageFile image(dev.ballast.v1.ImageFile p, At at) {
    Optional<ImageFile.Content> content =
        p.hasContent()
            ? Optional.of(content(p.getContent(), at.field("content")))
            : Optional.empty();
    return at.make(() -> new ImageFile(p.getName(), content));
  }

  private static ImageFile.Content content(ImageContent p, At at) {
    return at.make(() -> new ImageFile.Content(p.getFormat(), p.getDigest(), p.getSource()));
  }

  static dev.ballast.v1.VolumeFile toProto(VolumeFile volume) {
    dev.ballast.v1.VolumeFile.Builder result =
        dev.ballast.v1.VolumeFile.newBuilder().setPath(volume.path());
    volume
        .content()
        .ifPresent(
            content ->
                result.setContent(
                    VolumeContent.newBuilder()
                        .setFormat(content.format())
                        .setSource(toProto(content.source()))
                        .setOwner(content.owner().value())
                        .setGeneration(content.generation())));
    return result.build();
  }

  static dev.ballast.v1.VolumeSource toProto(VolumeSource source) {
    return dev.ballast.v1.VolumeSource.newBuilder()
        .setImage(source.image().orElse(""))
        .setKind(
            switch (source.kind()) {
              case OVERLAY -> VolumeKind.VOLUME_KIND_OVERLAY;
              case CLONE -> VolumeKind.VOLUME_KIND_CLONE;
              case BLANK -> VolumeKind.VOLUME_KIND_BLANK;
            })
        .setSizeBytes(source.sizeBytes())
        .build();
  }

  static VolumeFile volume(dev.ballast.v1.VolumeFile p, At at) {
    Optional<VolumeFile.Content> content =
        p.hasContent()
            ? Optional.of(volume(p.getContent(), at.field("content")))
            : Optional.empty();
    return at.make(() -> new VolumeFile(p.getPath(), content));
  }

  private static VolumeFile.Content volume(VolumeContent p, At at) {
    VolumeSource source =
        at.required("source", p.hasSource(), p.getSource(), StoredFileCodec::source);
    VmName owner = at.vm("owner", p.getOwner());
    long generation = at.natural("generation", p.getGeneration());
    return at.make(() -> new VolumeFile.Content(p.getFormat(), source, owner, generation));
  }

  static VolumeSource source(dev.ballast.v1.VolumeSource p, At at) {
    Kind kind =
        switch (p.getKind()) {
          case VOLUME_KIND_OVERLAY -> Kind.OVERLAY;
          case VOLUME_KIND_CLONE -> Kind.CLONE;
          case VOLUME_KIND_BLANK -> Kind.BLANK;
          case VOLUME_KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw at.field("kind").fault("is none that this version knows");
        };
    Optional<String> image = p.getImage().isEmpty() ? Optional.empty() : Optional.of(p.getImage());
    return at.make(() -> new VolumeSource(image, kind, p.getSizeBytes()));
  }
}
