package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What RunTask answers to a client token that it has seen before. Pure. */
public final class StartedBefore {
    private StartedBefore() {}

    /**
     * The tasks that the token has started, as they are now; empty for a token that has started none. Tasks are forgotten
     * before tokens are: of those that are, only that there is no longer anything to see is said.
     *
     * @param seed that the token stands for
     * @param requestDigest of the request that came with it now
     * @throws IntentException CONFLICT when the token came with another request then
     */
    public static Optional<TaskCommands.Outcome> of(ClusterState state, String seed, long requestDigest)
            throws IntentException {
        Optional<UsedToken> used = state.usedToken(seed);
        if (used.isEmpty()) {
            return Optional.empty();
        }
        List<String> ids = IntStream.range(0, used.get().started())
                .mapToObj(number -> UsedToken.taskId(seed, number))
                .toList();
        if (used.get().requestDigest() != requestDigest) {
            throw IntentException.conflict(
                    "clientToken: was used for another request before, which started " + String.join(", ", ids)
                            + " (expected: a new token for a new request)",
                    ids);
        }
        List<Task> tasks = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (String id : ids) {
            state.task(id)
                    .ifPresentOrElse(
                            tasks::add,
                            () -> failures.add(Failure.newBuilder()
                                    .setResource(id)
                                    .setReason("MISSING")
                                    .setDetail(
                                            "started before with the same client token; stopped, and no longer known")
                                    .build()));
        }
        return Optional.of(new TaskCommands.Outcome(tasks, failures));
    }
}
