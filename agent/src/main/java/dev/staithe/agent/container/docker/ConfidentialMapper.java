package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Volume;
import dev.staithe.agent.container.Confidential;
import dev.staithe.agent.container.Confidential.FileMount;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** secrets, environmentFiles and logConfiguration.secretOptions, whose values came with the request: added to what is there. */
final class ConfidentialMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        Confidential confidential = request.confidential();
        if (confidential.isEmpty()) {
            return;
        }
        String[] variables = Optional.ofNullable(draft.container().getEnv()).orElse(new String[0]);
        draft.container().withEnv(confidential.environment(List.of(variables)));
        if (!confidential.logOptions().isEmpty()) {
            draft.host().withLogConfig(withOptions(draft.host().getLogConfig(), confidential.logOptions()));
            Map<String, String> labels = new TreeMap<>(
                    Optional.ofNullable(draft.container().getLabels()).orElse(Map.of()));
            labels.put(
                    ContainerLabels.SECRET_LOG_OPTIONS,
                    String.join(",", confidential.logOptions().keySet()));
            draft.container().withLabels(labels);
        }
        if (!confidential.files().isEmpty()) {
            Bind[] before = Optional.ofNullable(draft.host().getBinds()).orElse(new Bind[0]);
            List<Bind> binds = new ArrayList<>(Arrays.asList(before));
            for (FileMount file : confidential.files()) {
                binds.add(new Bind(file.source(), new Volume(file.containerPath()), AccessMode.ro));
            }
            draft.host().withBinds(binds);
        }
    }

    private static LogConfig withOptions(LogConfig config, Map<String, String> secret) {
        Map<String, String> options =
                new TreeMap<>(Optional.ofNullable(config.getConfig()).orElse(Map.of()));
        options.putAll(secret);
        return new LogConfig(config.getType(), options);
    }
}
