package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.Step;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for each thing that becomes of a task. */
final class TaskLog {
    private static final Logger LOG = LoggerFactory.getLogger(TaskWorker.class);

    private final String taskId;

    TaskLog(String taskId) {
        this.taskId = taskId;
    }

    void changes(LocalTask before, LocalTask after) {
        for (LocalContainer container : after.containers()) {
            boolean wasOver =
                    before.container(container.name()).map(LocalContainer::over).orElse(false);
            if (container.over() && !wasOver && container.ran()) {
                LoggingEventBuilder line = line(LOG.atInfo()).addKeyValue("container", container.name());
                if (container.exitCode().isPresent()) {
                    line = line.addKeyValue("exit", container.exitCode().getAsInt());
                }
                (container.reason().isEmpty() ? line : line.addKeyValue("reason", container.reason()))
                        .log("container stopped");
            }
        }
        for (LocalContainer container : after.containers()) {
            int known = before.container(container.name())
                    .map(c -> c.run().restarts())
                    .orElse(0);
            if (container.run().restarts() > known) {
                LoggingEventBuilder line = line(LOG.atInfo())
                        .addKeyValue("container", container.name())
                        .addKeyValue("restarts", container.run().restarts());
                if (container.restarting() && container.exitCode().isPresent()) {
                    line = line.addKeyValue("exit", container.exitCode().getAsInt());
                }
                line.log("container ended; started again");
            }
        }
        boolean fresh = before.observation() == 0;
        if (fresh || before.status() != after.status()) {
            LoggingEventBuilder line = line(LOG.atInfo());
            var assignment = after.assignment();
            if (assignment != null) {
                line = line.addKeyValue(
                        "definition", assignment.definition().getFamily() + ":" + assignment.revision());
            }
            String reason = after.progress().stopReason();
            (reason.isEmpty() ? line : line.addKeyValue("reason", reason)).log("task {}", after.status());
        }
    }

    void drained(Duration took, OptionalInt connections) {
        LoggingEventBuilder line = line(LOG.atInfo()).addKeyValue("ms", took.toMillis());
        if (connections.isPresent()) {
            line = line.addKeyValue("connections", connections.getAsInt());
        }
        line.log(connections.orElse(0) == 0 ? "connections drained" : "connections are not waited for any longer");
    }

    void retry(String container, Class<? extends Step> step, ContainerFault fault, Duration delay) {
        line(LOG.atWarn())
                .addKeyValue("container", container)
                .addKeyValue("cause", fault.reason())
                .log("{} failed; trying again in {} ms", step.getSimpleName(), delay.toMillis());
    }

    void gaveUp(String container, Class<? extends Step> step, ContainerFault fault) {
        line(LOG.atWarn())
                .addKeyValue("container", container)
                .addKeyValue("cause", fault.reason())
                .log("{} failed", step.getSimpleName());
    }

    private LoggingEventBuilder line(LoggingEventBuilder builder) {
        return builder.addKeyValue("task", taskId);
    }
}
