package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.LogChunk;
import java.util.List;

/** Where the answer to a question goes. Called on the control loop; must not block. */
public interface Answers {
    void lines(List<LogChunk> lines);

    /** Nothing follows. The error is empty when the answer is complete. */
    void end(String error);
}
