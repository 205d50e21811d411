package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.LogConfiguration;
import java.util.Map;
import java.util.TreeMap;

/**
 * logConfiguration; without one the engine's own default holds. Options go to the engine as they are, but for one that ECS's
 * agent has of its own: awslogs-stream-prefix.
 */
final class LogMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        if (!request.container().hasLogConfiguration()) {
            return;
        }
        LogConfiguration wanted = request.container().getLogConfiguration();
        draft.host().withLogConfig(new LogConfig(driver(wanted.getLogDriver()), options(request, wanted)));
    }

    private static Map<String, String> options(ContainerRequest request, LogConfiguration wanted) {
        Map<String, String> options = new TreeMap<>(wanted.getOptionsMap());
        String prefix = options.remove("awslogs-stream-prefix");
        if (prefix != null) {
            options.putIfAbsent(
                    "awslogs-stream", prefix + "/" + request.container().getName() + "/" + request.taskId());
        }
        return options;
    }

    private static LoggingType driver(String name) {
        return switch (name) {
            case "awslogs" -> LoggingType.AWSLOGS;
            case "fluentd" -> LoggingType.FLUENTD;
            case "gelf" -> LoggingType.GELF;
            case "journald" -> LoggingType.JOURNALD;
            case "json-file" -> LoggingType.JSON_FILE;
            case "local" -> LoggingType.LOCAL;
            case "none" -> LoggingType.NONE;
            case "splunk" -> LoggingType.SPLUNK;
            case "syslog" -> LoggingType.SYSLOG;
            default ->
                throw new IllegalArgumentException("logConfiguration.logDriver: " + name
                        + " (expected: one of awslogs fluentd gelf journald json-file local none splunk syslog)");
        };
    }
}
