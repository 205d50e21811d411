package dev.staithe.agent.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.agent.model.FetchedImage;
import dev.staithe.proto.agent.ledger.v1.ImageRecord;
import dev.staithe.proto.agent.ledger.v1.ImagesRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file {@code images} beside the ledger's others. */
final class FileImageLedger implements ImageLedger {
    private static final Logger LOG = LoggerFactory.getLogger(FileImageLedger.class);

    private final Path directory;
    private final Path file;

    FileImageLedger(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("images");
    }

    @Override
    public List<FetchedImage> load() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return ImagesRecord.parseFrom(SealedFile.read(file)).getImagesList().stream()
                    .map(record -> new FetchedImage(
                            record.getId(),
                            new TreeSet<>(record.getReferencesList()),
                            record.getBrought(),
                            record.getUsedAtMs()))
                    .toList();
        } catch (SealedFile.Broken | InvalidProtocolBufferException broken) {
            Path aside = file.resolveSibling("images.corrupt");
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            LOG.atError()
                    .addKeyValue("cause", broken.getMessage())
                    .addKeyValue("movedTo", aside)
                    .log("the record of fetched images cannot be read; those it held are not cleaned up any more");
            return List.of();
        }
    }

    @Override
    public void write(List<FetchedImage> images) throws IOException {
        ImagesRecord.Builder record = ImagesRecord.newBuilder();
        images.forEach(image -> record.addImages(ImageRecord.newBuilder()
                .setId(image.id())
                .addAllReferences(image.references())
                .setBrought(image.brought())
                .setUsedAtMs(image.usedAt())));
        SealedFile.write(file, record.build().toByteArray());
        SealedFile.sync(directory);
    }
}
