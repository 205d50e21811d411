package dev.staithe.agent.metadata;

import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks what is confined to the agent's loop, from the threads of its endpoints. */
final class OnLoop {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Environment environment;
    private final EventLoop loop;

    OnLoop(Environment environment, EventLoop loop) {
        this.environment = environment;
        this.loop = loop;
    }

    /** What the question gives on the loop; empty when the agent is too busy to say. */
    <T> Optional<T> ask(Supplier<T> question) throws InterruptedException {
        return await(PATIENCE, answer -> answer.complete(question.get()));
    }

    /** What is handed over sooner or later by something begun on the loop. */
    <T> Optional<T> await(Duration patience, Consumer<CompletableFuture<T>> begin) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> begin.accept(answer));
        try {
            return Optional.of(environment.effects().await(answer, patience));
        } catch (TimeoutException | ExecutionException tooBusy) {
            return Optional.empty();
        }
    }
}
