package dev.staithe.agent.container.docker;

import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.EFSVolumeConfiguration;
import dev.staithe.proto.v1.Volume;
import java.util.Map;

/**
 * What the engine is asked to make a volume of. The options may hold a password: they are never shown.
 *
 * @param driver empty = the engine's own
 */
record VolumeSource(String driver, Map<String, String> options, Map<String, String> labels) {
    /** As ECS mounts EFS. */
    private static final String NFS_OPTIONS =
            "nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport";

    static VolumeSource of(Volume volume) {
        if (volume.hasEfsVolumeConfiguration()) {
            return new VolumeSource("local", nfs(volume.getEfsVolumeConfiguration()), Map.of());
        }
        DockerVolumeConfiguration docker = volume.getDockerVolumeConfiguration();
        return new VolumeSource(docker.getDriver(), docker.getDriverOptsMap(), docker.getLabelsMap());
    }

    /** There is no EFS here, but what speaks its protocol: fileSystemId is a server of NFS. */
    private static Map<String, String> nfs(EFSVolumeConfiguration efs) {
        if (efs.hasAuthorizationConfig() || efs.getTransitEncryption().equals("ENABLED")) {
            throw new IllegalArgumentException(
                    "efsVolumeConfiguration: authorizationConfig and transitEncryption are not"
                            + " supported by this agent");
        }
        if (efs.getFileSystemId().isEmpty() || efs.getFileSystemId().indexOf(',') >= 0) {
            throw new IllegalArgumentException("efsVolumeConfiguration.fileSystemId: " + efs.getFileSystemId()
                    + " (expected: the NFS server, by name or address)");
        }
        String directory = efs.getRootDirectory().isEmpty() ? "/" : efs.getRootDirectory();
        return Map.of(
                "type", "nfs",
                "device", ":" + directory,
                "o", "addr=" + efs.getFileSystemId() + "," + NFS_OPTIONS);
    }

    @Override
    public String toString() {
        return "VolumeSource[driver=" + driver + "]";
    }
}
