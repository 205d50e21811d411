package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.LogConfiguration;

/** logConfiguration; without one the engine's own default holds. */
final class LogMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        if (!request.container().hasLogConfiguration()) {
            return;
        }
        LogConfiguration wanted = request.container().getLogConfiguration();
        draft.host().withLogConfig(new LogConfig(driver(wanted.getLogDriver()), wanted.getOptionsMap()));
    }

    private static LoggingType driver(String name) {
        return switch (name) {
            case "json-file" -> LoggingType.JSON_FILE;
            case "local" -> LoggingType.LOCAL;
            case "none" -> LoggingType.NONE;
            default ->
                throw new IllegalArgumentException(
                        "logConfiguration: logDriver " + name + " (expected: json-file, local or none)");
        };
    }
}
