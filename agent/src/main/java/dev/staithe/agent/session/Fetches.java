package dev.staithe.agent.session;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.secrets.Questions;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The agent's own questions, over whatever session there is. One that a session took with it to its end is put again through
 * the next: an answer changes nothing on the other side.
 *
 * <p>Confined to the loop. Soft: who asked before a crash asks again after it.
 */
public final class Fetches implements Questions {
    private record Waiting(Fetch question, Consumer<Outcome<Fetched>> then, EventLoop.Timer deadline) {}

    private final EventLoop loop;
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private Optional<Consumer<AgentMessage>> wire = Optional.empty();
    private long lastId;

    public Fetches(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void ask(Fetch question, Duration patience, Consumer<Outcome<Fetched>> then) {
        loop.assertInLoop();
        long id = ++lastId;
        Fetch numbered = question.toBuilder().setId(id).build();
        waiting.put(id, new Waiting(numbered, then, loop.after(patience, () -> unanswered(id, patience))));
        wire.ifPresent(send -> send.accept(message(numbered)));
    }

    /** A session is there to ask through. */
    void connected(Consumer<AgentMessage> send) {
        wire = Optional.of(send);
        waiting.values().forEach(each -> send.accept(message(each.question())));
    }

    void disconnected() {
        wire = Optional.empty();
    }

    /** An answer; one to a question that nobody waits for any more is dropped. */
    void fetched(Fetched answer) {
        Waiting asked = waiting.remove(answer.getId());
        if (asked == null) {
            return;
        }
        asked.deadline().cancel();
        asked.then()
                .accept(
                        answer.getError().isEmpty()
                                ? new Outcome.Done<>(answer)
                                : new Outcome.Failed<>(new ContainerFault(
                                        Kind.ResourceInitializationError, answer.getError(), answer.getRetriable())));
    }

    private void unanswered(long id, Duration patience) {
        Waiting asked = waiting.remove(id);
        if (asked != null) {
            String why = wire.isPresent() ? "no answer" : "no control plane is connected";
            asked.then()
                    .accept(new Outcome.Failed<>(new ContainerFault(
                            Kind.ControlPlaneUnavailableError, why + " within " + patience.toSeconds() + " s", true)));
        }
    }

    private static AgentMessage message(Fetch question) {
        return AgentMessage.newBuilder().setFetch(question).build();
    }
}
