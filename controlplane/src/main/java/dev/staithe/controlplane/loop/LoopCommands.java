package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
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
    public Written<Outcome> run(RunTasks command) throws IntentException {
        return submit(answer -> new Inputs.Command.Run(command, answer));
    }

    @Override
    public Written<Outcome> start(StartTasks command) throws IntentException {
        return submit(answer -> new Inputs.Command.Start(command, answer));
    }

    @Override
    public Written<Task> stop(StopTask command) throws IntentException {
        return submit(answer -> new Inputs.Command.Stop(command, answer));
    }

    @Override
    public Written<Outcome> protect(ProtectTasks command) throws IntentException {
        return submit(answer -> new Inputs.Command.Protect(command, answer));
    }

    @Override
    public Written<Task> tag(TagTask command) throws IntentException {
        return submit(answer -> new Inputs.Command.Tag(command, answer));
    }

    private <T> Written<T> submit(Function<CompletableFuture<Written<T>>, Inputs.Command> make) throws IntentException {
        CompletableFuture<Written<T>> answer = new CompletableFuture<>();
        Inputs.Command command = make.apply(answer);
        loop.execute(() -> {
            if (control.leads()) {
                control.submit(command);
            } else {
                command.fail(elsewhere());
            }
        });
        return await(answer);
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
