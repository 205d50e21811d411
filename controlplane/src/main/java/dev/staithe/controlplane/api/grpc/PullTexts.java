package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.PullProgress;
import dev.staithe.proto.agent.v1.PullsAsk;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Task;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * How far the images have come that pending tasks wait for: asked of their hosts each time, never stored. What a host does not
 * say soon is left out, and so is everything on a replica that does not lead, with which no host speaks.
 */
final class PullTexts {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final EventLoop loop;
    private final AgentQuestions hosts;
    private final Effects effects;

    /** @param loop the control loop, where hosts are asked */
    PullTexts(EventLoop loop, AgentQuestions hosts, Effects effects) {
        this.loop = loop;
        this.hosts = hosts;
        this.effects = effects;
    }

    /** The tasks, with what their hosts say of the images of those that are pending. Blocks for a moment. */
    List<Task> added(List<Task> tasks) {
        TreeMap<String, PullsAsk.Builder> asks = new TreeMap<>();
        for (Task task : tasks) {
            if (task.getLastStatus().equals(TaskStatus.PENDING.name())
                    && !task.getContainerInstance().isEmpty()) {
                asks.computeIfAbsent(task.getContainerInstance(), any -> PullsAsk.newBuilder())
                        .addTaskIds(task.getTaskId());
            }
        }
        if (asks.isEmpty()) {
            return tasks;
        }
        Round round = new Round(asks.size());
        loop.execute(() -> asks.forEach(round::ask));
        List<PullProgress> said = round.await();
        return tasks.stream().map(task -> with(task, said)).toList();
    }

    private static Task with(Task task, List<PullProgress> said) {
        Task.Builder message = task.toBuilder();
        for (Container.Builder container : message.getContainersBuilderList()) {
            said.stream()
                    .filter(each -> each.getTaskId().equals(task.getTaskId())
                            && each.getContainer().equals(container.getName()))
                    .findFirst()
                    .ifPresent(each -> container.setPullProgress(each.getText()));
        }
        return message.build();
    }

    /** The questions of one call. Confined to the control loop, but for who waits. */
    private final class Round {
        private final CompletableFuture<List<PullProgress>> all = new CompletableFuture<>();
        private final List<PullProgress> said = new ArrayList<>();
        private final List<AgentSessions.Asking> asking = new ArrayList<>();
        private int open;

        Round(int hosts) {
            open = hosts;
        }

        void ask(String instanceId, PullsAsk.Builder pulls) {
            asking.add(hosts.ask(instanceId, Ask.newBuilder().setPulls(pulls).build(), this::answered));
        }

        private void answered(Answer part) {
            said.addAll(part.getPullsList());
            if (part.getEnd() && --open == 0) {
                all.complete(List.copyOf(said));
            }
        }

        private void giveUp() {
            asking.forEach(AgentSessions.Asking::cancel);
            all.complete(List.copyOf(said));
        }

        List<PullProgress> await() {
            try {
                return effects.await(all, PATIENCE);
            } catch (TimeoutException late) {
                loop.execute(this::giveUp);
                return waitForTheLoop();
            } catch (ExecutionException e) {
                throw new IllegalStateException("it is never completed with an exception", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }

        /** What some hosts said is worth having although others did not answer. */
        private List<PullProgress> waitForTheLoop() {
            try {
                return effects.await(all, PATIENCE);
            } catch (TimeoutException | ExecutionException busy) {
                return List.of();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
    }
}
