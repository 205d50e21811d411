package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.Capability;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.KernelCapabilities;
import java.util.List;

/** What the container may do: privileged, capabilities, dockerSecurityOptions, readonlyRootFilesystem. */
final class PrivilegeMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        ContainerDefinition container = request.container();
        KernelCapabilities capabilities = container.getLinuxParameters().getCapabilities();
        draft.host()
                .withPrivileged(container.getPrivileged())
                .withReadonlyRootfs(container.getReadonlyRootFilesystem());
        if (capabilities.getAddCount() > 0) {
            draft.host().withCapAdd(capabilities("add", capabilities.getAddList()));
        }
        if (capabilities.getDropCount() > 0) {
            draft.host().withCapDrop(capabilities("drop", capabilities.getDropList()));
        }
        if (container.getDockerSecurityOptionsCount() > 0) {
            draft.host()
                    .withSecurityOpts(container.getDockerSecurityOptionsList().stream()
                            .map(PrivilegeMapper::modern)
                            .toList());
        }
    }

    private static Capability[] capabilities(String field, List<String> names) {
        return names.stream().map(name -> capability(field, name)).toArray(Capability[]::new);
    }

    private static Capability capability(String field, String name) {
        try {
            return Capability.valueOf(name);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(
                    "linuxParameters.capabilities." + field + ": " + name
                            + " (expected: a capability of Linux without CAP_, or ALL)",
                    unknown);
        }
    }

    /** ECS writes {@code apparmor:profile}, engines {@code apparmor=profile}. */
    private static String modern(String option) {
        int colon = option.indexOf(':');
        int equals = option.indexOf('=');
        return colon < 0 || (equals >= 0 && equals < colon)
                ? option
                : option.substring(0, colon) + "=" + option.substring(colon + 1);
    }
}
