package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.EFSVolumeConfiguration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Volumes that are more than a directory: file systems of other machines, and what is asked of the engine's own driver,
 * which mounts whatever its options say. Options other than a key are never shown: one of them may be a password.
 */
final class VolumeDriverRules {
    /** What the engine's local driver knows; it refuses all others. */
    private static final Set<String> LOCAL_OPTIONS = Set.of("type", "device", "o", "size");

    private static final Pattern MOUNT_OPTION = Pattern.compile("[A-Za-z0-9_.-]+(=.*)?", Pattern.DOTALL);
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:]{2,39}");
    private static final Pattern DRIVER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:/-]{0,254}");

    private VolumeDriverRules() {}

    static void docker(DockerVolumeConfiguration docker, String at, Problems problems) {
        if (!docker.getDriver().isEmpty() && !DRIVER.matcher(docker.getDriver()).matches()) {
            problems.invalid(at + ".driver", docker.getDriver(), "the name of a volume driver, such as local");
        }
        if (docker.getDriver().isEmpty() || docker.getDriver().equals("local")) {
            local(new TreeMap<>(docker.getDriverOptsMap()), at + ".driverOpts", problems);
        }
    }

    private static void local(Map<String, String> options, String at, Problems problems) {
        for (String key : options.keySet()) {
            if (!LOCAL_OPTIONS.contains(key)) {
                problems.invalid(at, key, "type, device, o or size with driver local");
            }
        }
        if (options.isEmpty()) {
            return;
        }
        String type = options.getOrDefault("type", "");
        String device = options.getOrDefault("device", "");
        boolean mounts = options.containsKey("type") || options.containsKey("device") || options.containsKey("o");
        if (mounts && (type.isEmpty() || device.isEmpty())) {
            problems.say(at, "type or device is absent (expected: both, as driver local mounts what they say)");
        }
        if (Arrays.asList(device.split("/", -1)).contains("..")) {
            problems.say(at + ".device", "has .. in it (expected: a path without ..)");
        }
        Map<String, String> mount = mountOptions(options.getOrDefault("o", ""), at + ".o", problems);
        switch (type) {
            case "nfs", "nfs4" -> {
                server(mount, at, problems);
                if (!device.startsWith(":/")) {
                    problems.say(at + ".device", "is no export (expected: :/PATH with type " + type + ")");
                }
            }
            case "cifs", "smb3" -> {
                server(mount, at, problems);
                if (!device.startsWith("//") || device.indexOf('/', 2) < 3) {
                    problems.say(at + ".device", "is no share (expected: //SERVER/SHARE with type " + type + ")");
                }
                if (mount.containsKey("credentials") || mount.containsKey("cred")) {
                    problems.say(
                            at + ".o",
                            "names a file of credentials, which the engine does not read (expected: username= and"
                                    + " password=)");
                }
            }
            default -> {}
        }
    }

    /** The engine mounts without the programs that would look the server up. */
    private static void server(Map<String, String> mount, String at, Problems problems) {
        if (mount.getOrDefault("addr", "").isEmpty()) {
            problems.say(at + ".o", "has no addr= (expected: addr=SERVER, by name or address, among the options)");
        }
    }

    private static Map<String, String> mountOptions(String text, String field, Problems problems) {
        Map<String, String> options = new TreeMap<>();
        String[] all = text.isEmpty() ? new String[0] : text.split(",", -1);
        for (int i = 0; i < all.length; i++) {
            if (!MOUNT_OPTION.matcher(all[i]).matches()) {
                problems.say(
                        field,
                        "option " + (i + 1) + " of " + all.length
                                + " is none (expected: NAME or NAME=VALUE, separated by commas)");
            } else {
                int equals = all[i].indexOf('=');
                options.put(
                        equals < 0 ? all[i] : all[i].substring(0, equals),
                        equals < 0 ? "" : all[i].substring(equals + 1));
            }
        }
        return options;
    }

    /** There is no EFS but there is NFS: the file system is a server. */
    static void efs(EFSVolumeConfiguration efs, String at, Problems problems) {
        if (!SERVER.matcher(efs.getFileSystemId()).matches()) {
            problems.invalid(
                    at + ".fileSystemId",
                    efs.getFileSystemId(),
                    "the NFS server, by name or address, such as nas.example.org");
        }
        if (!efs.getRootDirectory().isEmpty() && !VolumeRules.absolute(efs.getRootDirectory())) {
            problems.invalid(at + ".rootDirectory", efs.getRootDirectory(), "an absolute path without ..");
        }
        if (efs.getTransitEncryption().equals("ENABLED")) {
            problems.unsupported(at + ".transitEncryption", efs.getTransitEncryption(), "DISABLED");
        } else if (!Set.of("", "DISABLED").contains(efs.getTransitEncryption())) {
            problems.invalid(at + ".transitEncryption", efs.getTransitEncryption(), "DISABLED");
        }
    }
}
