package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Gpus;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;

/** Makes the records of tasks that have found a place, and writes them into the draft of one pass. */
final class NewTasks {
    private final Draft draft;
    private final Moment moment;

    NewTasks(Draft draft, Moment moment) {
        this.draft = draft;
        this.moment = moment;
    }

    /** A task of its own. */
    Task standalone(TaskCommands.Template template, String id, String instance, Demand demand) {
        return put(
                id,
                template.cluster(),
                template.taskDefinition(),
                instance,
                new Owner(template.group(), template.startedBy(), "", 0),
                template.overrides(),
                demand,
                marks(template.tags(), instance, demand, template.referenceId(), template.executeCommand()));
    }

    /** A task of a service, with the tags that the service has propagated. */
    Task ofService(
            Service service, Deployment deployment, TaskDefinitionRevision definition, String id, String instance) {
        return put(
                id,
                service.cluster(),
                deployment.taskDefinition(),
                instance,
                new Owner(service.group(), deployment.id(), service.uid(), deployment.generation()),
                TaskOverride.getDefaultInstance(),
                definition.demand(),
                marks(
                        propagated(service, definition),
                        instance,
                        definition.demand(),
                        "",
                        service.scheduling().executeCommand()));
    }

    private static List<Tag> propagated(Service service, TaskDefinitionRevision definition) {
        return switch (service.scheduling().propagateTags()) {
            case NONE -> List.of();
            case SERVICE -> service.tags();
            case TASK_DEFINITION -> definition.spec().getTagsList();
        };
    }

    private record Owner(String group, String startedBy, String serviceUid, long generation) {}

    private Task put(
            String id,
            String cluster,
            TaskDefinitionRef definition,
            String instance,
            Owner owner,
            TaskOverride overrides,
            Demand demand,
            Task.Marks marks) {
        Task task = new Task(
                id,
                cluster,
                definition,
                instance,
                owner.group(),
                owner.startedBy(),
                owner.serviceUid(),
                owner.generation(),
                false,
                TaskStatus.PENDING,
                1,
                0,
                "",
                "",
                List.of(),
                Task.Times.created(moment.millis()),
                overrides,
                demand,
                marks);
        draft.put(task);
        return task;
    }

    /** Settled here: what a service enables later holds for tasks that start later, as in ECS. */
    private Task.Marks marks(
            List<Tag> tags, String instance, Demand demand, String referenceId, boolean executeCommand) {
        return new Task.Marks(tags, 0, false, gpus(instance, demand), referenceId, executeCommand);
    }

    private List<String> gpus(String instance, Demand demand) {
        if (demand.gpus() == 0) {
            return List.of();
        }
        return draft.state()
                .instance(instance)
                .map(host -> Gpus.take(host, draft.state().tasksOfInstance(instance), demand.gpus()))
                .orElse(List.of());
    }
}
