package dev.staithe.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.model.FetchedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record of images on a disk. */
final class FileImageLedgerTest {
    private static final FetchedImage SHOP =
            new FetchedImage("sha256:aa", new TreeSet<>(List.of("shop:1", "shop@sha256:bb")), true, 1234);
    private static final FetchedImage WEB = new FetchedImage("sha256:cc", new TreeSet<>(), false, 0);

    @TempDir
    private Path directory;

    @Test
    void givesBackWhatWasWritten() throws IOException {
        assertThat(ledger().load()).isEmpty();

        ledger().write(List.of(SHOP, WEB));

        assertThat(ledger().load()).containsExactly(SHOP, WEB);
    }

    @Test
    void setsAsideWhatIsBroken() throws IOException {
        ledger().write(List.of(SHOP));
        Path file = directory.resolve("images");
        byte[] torn = Files.readAllBytes(file);
        torn[torn.length - 1] ^= 1;
        Files.write(file, torn);

        assertThat(ledger().load()).isEmpty();
        assertThat(directory.resolve("images.corrupt")).exists();

        ledger().write(List.of(WEB));
        assertThat(ledger().load()).containsExactly(WEB);
    }

    private ImageLedger ledger() throws IOException {
        return new FileLedger(directory).images();
    }
}
