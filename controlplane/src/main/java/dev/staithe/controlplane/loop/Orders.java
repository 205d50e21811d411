package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.StartedBefore;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.TaskCommands.Outcome;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Placement;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Placer;
import dev.staithe.controlplane.placement.Rules;
import dev.staithe.controlplane.placement.Verdict;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.proto.v1.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Does what commands ask, on the draft of one pass: each on the state that the one before left. A command that is refused
 * changes nothing. Touches nothing but the draft.
 */
final class Orders {
    private final Draft draft;
    private final NewTasks newTasks;
    private final Moment moment;

    Orders(Draft draft, Moment moment) {
        this.draft = draft;
        this.moment = moment;
        this.newTasks = new NewTasks(draft, moment);
    }

    /** Obeys; answers with what to say once the draft is written. */
    Pass.Answer obey(Inputs.Command command) {
        return switch (command) {
            case Inputs.Command.Run run -> answer(run.answer(), () -> run(run.command()));
            case Inputs.Command.Start start -> answer(start.answer(), () -> start(start.command()));
            case Inputs.Command.Stop stop -> answer(stop.answer(), () -> stop(stop.command()));
            case Inputs.Command.Protect protect -> answer(protect.answer(), () -> protect(protect.command()));
            case Inputs.Command.Tag tag -> answer(tag.answer(), () -> tag(tag.command()));
        };
    }

    @FunctionalInterface
    private interface Work<T> {
        T done() throws IntentException;
    }

    private static <T> Pass.Answer answer(CompletableFuture<Written<T>> caller, Work<T> work) {
        try {
            T value = work.done();
            return revision -> caller.complete(new Written<>(value, revision));
        } catch (IntentException refused) {
            return revision -> caller.completeExceptionally(refused);
        }
    }

    private Outcome run(TaskCommands.RunTasks command) throws IntentException {
        if (command.requestDigest().isPresent()) {
            Optional<Outcome> before = StartedBefore.of(
                    draft.state(), command.seed(), command.requestDigest().getAsLong());
            if (before.isPresent()) {
                return before.get();
            }
        }
        // By this very command, in a transaction whose outcome was in doubt.
        List<Task> already = existing(command.seed(), command.count());
        if (!already.isEmpty()) {
            return new Outcome(already, List.of());
        }
        TaskDefinitionRevision definition = definition(command.template());
        Demand demand = Demand.of(definition.spec(), command.template().overrides());
        Placement placement = Placer.place(
                draft.capacity(),
                request(
                        command.template(),
                        demand,
                        command.count(),
                        Rules.of(command.constraints(), command.strategies()).and(definition.spec()),
                        UsedToken.taskId(command.seed(), 0)));
        List<Task> tasks = new ArrayList<>();
        for (String instance : placement.instanceIds()) {
            String id = UsedToken.taskId(command.seed(), tasks.size());
            tasks.add(newTasks.standalone(command.template(), id, instance, demand));
        }
        if (command.requestDigest().isPresent() && !tasks.isEmpty()) {
            draft.put(new UsedToken(
                    command.template().cluster(),
                    command.seed(),
                    command.requestDigest().getAsLong(),
                    tasks.size(),
                    moment.millis()));
        }
        return new Outcome(tasks, failures(placement));
    }

    private List<Failure> failures(Placement placement) {
        List<Failure> failures = new ArrayList<>();
        placement.explanation().map(e -> e.message(moment.millis())).ifPresent(explanation -> {
            for (int i = 0; i < explanation.getWaitingCount(); i++) {
                explanation
                        .getHostsList()
                        .forEach(h -> failures.add(failure(
                                h.getContainerInstance(), h.getReason(), h.getHostName() + ": " + h.getDetail())));
            }
        });
        return failures;
    }

    /** One task on each instance, whatever the scheduler would choose. */
    private Outcome start(TaskCommands.StartTasks command) throws IntentException {
        Demand demand = Demand.of(
                definition(command.template()).spec(), command.template().overrides());
        PlacementRequest request = request(command.template(), demand, 1, Rules.NONE, "");
        Capacity capacity = draft.capacity();
        List<Task> tasks = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < command.instanceIds().size(); i++) {
            String id = command.instanceIds().get(i);
            String taskId = UsedToken.taskId(command.seed(), i);
            Optional<Task> already = draft.state().task(taskId);
            Optional<ContainerInstance> host = draft.state().instance(id);
            if (already.isPresent()) {
                tasks.add(already.get());
            } else if (host.isEmpty()) {
                failures.add(failure(id, "MISSING", "no container instance has this id any more"));
            } else {
                switch (Placer.placeOn(capacity, host.get(), request)) {
                    case Verdict.Fits fits -> tasks.add(newTasks.standalone(command.template(), taskId, id, demand));
                    case Verdict.Refused refused ->
                        failures.add(
                                failure(id, refused.reason().code(), host.get().hostName() + ": " + refused.detail()));
                }
            }
        }
        return new Outcome(tasks, failures);
    }

    private static PlacementRequest request(
            TaskCommands.Template template, Demand demand, int count, Rules rules, String seed) {
        return new PlacementRequest(template.cluster(), template.group(), demand, count, rules, seed);
    }

    private TaskDefinitionRevision definition(TaskCommands.Template template) throws IntentException {
        return draft.state()
                .taskDefinition(template.taskDefinition())
                .orElseThrow(() -> IntentException.of(
                        IntentException.Reason.TASK_DEFINITION_NOT_FOUND,
                        "task definition " + template.taskDefinition() + " is not known"));
    }

    private List<Task> existing(String seed, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> UsedToken.taskId(seed, number))
                .flatMap(id -> draft.state().task(id).stream())
                .toList();
    }

    private Task stop(TaskCommands.StopTask command) throws IntentException {
        Task task = known(command.taskId());
        if (task.stopped() || task.stopWanted()) {
            return task;
        }
        Task stopping = task.stopping("UserInitiated", command.reason(), moment.millis());
        draft.put(stopping);
        return stopping;
    }

    /** By this leader's wall clock, as planners ask it: how long, somebody else's clock would not know better. */
    private Outcome protect(TaskCommands.ProtectTasks command) {
        long until = command.duration().isZero()
                ? 0
                : moment.millis() + command.duration().toMillis();
        List<Task> tasks = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (String id : command.taskIds()) {
            Optional<Task> task = draft.state().task(id);
            Optional<Failure> invalid = task.flatMap(TaskCommands::unprotectable);
            if (task.isEmpty()) {
                failures.add(failure(id, "MISSING", ""));
            } else if (invalid.isPresent()) {
                failures.add(invalid.get());
            } else {
                tasks.add(protect(task.get(), until));
            }
        }
        return new Outcome(tasks, failures);
    }

    private Task protect(Task task, long until) {
        if (task.marks().protectedUntilMillis() == until) {
            return task;
        }
        Task next = task.marked(task.marks().protectedUntil(until));
        draft.put(next);
        return next;
    }

    private Task tag(TaskCommands.TagTask command) throws IntentException {
        Task task = known(command.taskId());
        var tags = command.change().appliedTo(task.marks().tags());
        if (tags.equals(task.marks().tags())) {
            return task;
        }
        Task next = task.marked(task.marks().tagged(tags));
        draft.put(next);
        return next;
    }

    private Task known(String id) throws IntentException {
        return draft.state()
                .task(id)
                .orElseThrow(() -> IntentException.of(
                        IntentException.Reason.TASK_NOT_FOUND, "task " + id + " is not known any more"));
    }

    private static Failure failure(String resource, String reason, String detail) {
        return Failure.newBuilder()
                .setResource(resource)
                .setReason(reason)
                .setDetail(detail)
                .build();
    }
}
