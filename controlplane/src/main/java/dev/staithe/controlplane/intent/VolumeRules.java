package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Volumes and the mount points that refer to them. */
final class VolumeRules {
    private static final int LONGEST_PATH = 4096;

    /** What the engine accepts: a shared volume goes by its own name there. */
    private static final Pattern SHARED_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{1,254}");

    /** Agents make volumes for one task under such names. */
    private static final String OF_TASKS = "staithe-";

    private VolumeRules() {}

    static void check(TaskDefinition definition, Problems problems) {
        Set<String> names = new HashSet<>();
        List<Volume> volumes = definition.getVolumesList();
        for (int i = 0; i < volumes.size(); i++) {
            String at = "volumes[" + i + "]";
            volume(volumes.get(i), at, problems);
            if (!names.add(volumes.get(i).getName())) {
                problems.invalid(at + ".name", volumes.get(i).getName(), "a name of its own");
            }
        }
        List<ContainerDefinition> containers = definition.getContainerDefinitionsList();
        for (int i = 0; i < containers.size(); i++) {
            mounts(containers.get(i).getMountPointsList(), names, "containerDefinitions[" + i + "]", problems);
        }
    }

    private static void volume(Volume volume, String at, Problems problems) {
        Names.check(problems, at + ".name", volume.getName());
        String source = volume.getHost().getSourcePath();
        if (!source.isEmpty() && !absolute(source)) {
            problems.invalid(at + ".host.sourcePath", source, "an absolute path without ..");
        }
        if (volume.hasDockerVolumeConfiguration()) {
            if (!source.isEmpty()) {
                problems.say(at, "host and dockerVolumeConfiguration are both set (expected: one of them)");
            }
            docker(volume, volume.getDockerVolumeConfiguration(), at, problems);
        }
        if (volume.hasEfsVolumeConfiguration()) {
            if (!source.isEmpty() || volume.hasDockerVolumeConfiguration()) {
                problems.say(at, "efsVolumeConfiguration and another source are set (expected: one of them)");
            }
            VolumeDriverRules.efs(volume.getEfsVolumeConfiguration(), at + ".efsVolumeConfiguration", problems);
        }
    }

    private static void docker(Volume volume, DockerVolumeConfiguration docker, String at, Problems problems) {
        String own = at + ".dockerVolumeConfiguration";
        boolean shared = docker.getScope().equals("shared");
        if (!Set.of("", "task", "shared").contains(docker.getScope())) {
            problems.invalid(own + ".scope", docker.getScope(), "task or shared");
        }
        if (docker.getAutoprovision() && !shared) {
            problems.say(own + ".autoprovision", "true without scope shared (expected: only with it)");
        }
        if (shared && !SHARED_NAME.matcher(volume.getName()).matches()) {
            problems.invalid(
                    at + ".name", volume.getName(), "2-255 of A-Z a-z 0-9 _ -, beginning with a letter or digit");
        }
        if (shared && volume.getName().startsWith(OF_TASKS)) {
            problems.invalid(at + ".name", volume.getName(), "a name that does not begin with " + OF_TASKS);
        }
        ContainerRules.labels(docker.getLabelsMap(), own + ".labels", problems);
        VolumeDriverRules.docker(docker, own, problems);
    }

    private static void mounts(List<MountPoint> mounts, Set<String> volumes, String at, Problems problems) {
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            String own = at + ".mountPoints[" + i + "]";
            String volume = mounts.get(i).getSourceVolume();
            String path = mounts.get(i).getContainerPath();
            if (!volumes.contains(volume)) {
                problems.say(
                        own + ".sourceVolume",
                        "Unknown volume '" + Problems.shown(volume) + "'. (expected: the name of one of volumes)");
            }
            if (!absolute(path) || path.equals("/")) {
                problems.invalid(own + ".containerPath", path, "an absolute path without .., below /");
            } else if (!paths.add(path)) {
                problems.invalid(own + ".containerPath", path, "a path that no other mount point has");
            }
        }
    }

    /** Colons separate the parts of a bind for the engine. */
    static boolean absolute(String path) {
        return path.startsWith("/")
                && path.length() <= LONGEST_PATH
                && path.indexOf(':') < 0
                && !List.of(path.split("/", -1)).contains("..");
    }
}
