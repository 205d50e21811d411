package dev.staithe.agent.ledger;

import dev.staithe.agent.model.FetchedImage;
import java.io.IOException;
import java.util.List;

/**
 * Which images this agent fetched, across its restarts. Calls block and are made from effects, one at a time. A record that is
 * lost costs no more than images that are not cleaned up.
 */
public interface ImageLedger {
    /** What is durable; what cannot be read is set aside, and nothing is known then. */
    List<FetchedImage> load() throws IOException;

    /** Makes this the whole record. */
    void write(List<FetchedImage> images) throws IOException;
}
