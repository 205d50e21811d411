package dev.staithe.agent.ledger;

import dev.staithe.agent.model.FetchedImage;
import java.util.List;

/** The record of images of a {@link MemoryLedger}. */
final class MemoryImageLedger implements ImageLedger {
    private List<FetchedImage> held = List.of();

    @Override
    public List<FetchedImage> load() {
        return held;
    }

    @Override
    public void write(List<FetchedImage> images) {
        held = List.copyOf(images);
    }
}
