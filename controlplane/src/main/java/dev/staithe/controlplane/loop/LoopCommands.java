package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Brings commands from API threads to the control loop and waits for their answers. */
public final class LoopCommands implements TaskCommands {
    private final Effects effects;
    private final EventLoop loop;
    private final ControlLoop control;
    private final Supplier<Optional<LeaderRecord>> leader;
    private final Duration patience;

    /** @param patience how long an answer may take */
    public LoopCommands(
            Effects effects,
            EventLoop loop,
            ControlLoop control,
            Supplier<Optional<LeaderRecord>> leader,
            Duration patience) {
        this.effects = effects;
        this.loop = loop;
        this.control = control;
        this.leader = leader;
        this.patience = patience;
    }

    @Override
    public ClusterState leaderState() throws IntentException {
        CompletableFuture<ClusterState> answer = new CompletableFuture<>();
        loop.execute(() -> {
            if (control.leads()) {
                control.leaderState(answer);
            } else {
                answer.completeExceptionally(elsewhere());
            }
        });
        return await(answer);
    }

    @Override
    public RunTaskResult run(RunTaskCommand command) throws IntentException {
        CompletableFuture<RunTaskResult> answer = new CompletableFuture<>();
        submit(new Inputs.Command.Run(command, answer));
        return await(answer);
    }

    @Override
    public StopTaskResult stop(StopTaskCommand command) throws IntentException {
        CompletableFuture<StopTaskResult> answer = new CompletableFuture<>();
        submit(new Inputs.Command.Stop(command, answer));
        return await(answer);
    }

    private void submit(Inputs.Command command) {
        loop.execute(() -> {
            if (control.leads()) {
                control.submit(command);
            } else {
                command.fail(elsewhere());
            }
        });
    }

    private IntentException elsewhere() {
        return leader.get().map(l -> IntentException.notLeader(l.getAddress())).orElseGet(IntentException::noLeader);
    }

    private <T> T await(CompletableFuture<T> answer) throws IntentException {
        try {
            return effects.await(answer, patience);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IntentException refused) {
                throw refused;
            }
            throw new IllegalStateException("commands fail with an IntentException only", e.getCause());
        } catch (TimeoutException e) {
            // What nobody waits for must not be done later.
            answer.cancel(false);
            throw IntentException.of(
                    IntentException.Reason.STORE_UNAVAILABLE,
                    "no answer within " + patience.toSeconds() + " s: look whether it was done, then try again");
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw IntentException.of(IntentException.Reason.STORE_UNAVAILABLE, "the control plane is stopping");
        }
    }
}
