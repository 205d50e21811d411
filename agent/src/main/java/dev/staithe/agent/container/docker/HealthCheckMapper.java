package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.HealthCheck;
import dev.staithe.agent.container.ContainerRequest;
import java.time.Duration;
import java.util.List;

/** healthCheck, with ECS's defaults. An image's own check that the definition does not name is switched off, as in ECS. */
final class HealthCheckMapper implements ContainerMapper {
    private static final int INTERVAL_SECONDS = 30;
    private static final int TIMEOUT_SECONDS = 5;
    private static final int RETRIES = 3;

    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        var wanted = request.container().getHealthCheck();
        if (wanted.getCommandCount() == 0 || wanted.getCommand(0).equals("NONE")) {
            draft.container().withHealthcheck(new HealthCheck().withTest(List.of("NONE")));
            return;
        }
        draft.container()
                .withHealthcheck(new HealthCheck()
                        .withTest(List.copyOf(wanted.getCommandList()))
                        .withInterval(nanos(wanted.hasInterval() ? wanted.getInterval() : INTERVAL_SECONDS))
                        .withTimeout(nanos(wanted.hasTimeout() ? wanted.getTimeout() : TIMEOUT_SECONDS))
                        .withRetries(wanted.hasRetries() ? wanted.getRetries() : RETRIES)
                        .withStartPeriod(nanos(wanted.getStartPeriod())));
    }

    private static long nanos(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
