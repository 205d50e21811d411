package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.Device;
import dev.staithe.proto.v1.KernelCapabilities;
import dev.staithe.proto.v1.LinuxParameters;
import dev.staithe.proto.v1.SystemControl;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Tmpfs;
import dev.staithe.proto.v1.Ulimit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a container asks of the kernel: linuxParameters, ulimits, systemControls, dockerSecurityOptions. */
final class LinuxRules {
    private static final Set<String> CAPABILITIES =
            Set.of(("ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE"
                            + " DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN"
                            + " MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP"
                            + " SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT"
                            + " SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM")
                    .split(" ", -1));

    private static final Set<String> ULIMITS = Set.of(
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    /** The kernel's System V settings that each IPC namespace has for itself; the engine refuses all others. */
    private static final Set<String> IPC_CONTROLS = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private static final Set<String> TMPFS_OPTIONS = Set.of(
            "async",
            "atime",
            "defaults",
            "dev",
            "diratime",
            "dirsync",
            "exec",
            "mand",
            "noatime",
            "nodev",
            "nodiratime",
            "noexec",
            "nomand",
            "norelatime",
            "nostrictatime",
            "nosuid",
            "private",
            "relatime",
            "ro",
            "rprivate",
            "rshared",
            "rslave",
            "rw",
            "shared",
            "slave",
            "strictatime",
            "suid",
            "sync",
            "unbindable",
            "runbindable");

    private static final Set<String> TMPFS_VALUES = Set.of("gid", "mode", "mpol", "nr_blocks", "nr_inodes", "uid");

    private LinuxRules() {}

    static void check(TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        if (container.hasLinuxParameters()) {
            parameters(definition, container, at + ".linuxParameters", problems);
        }
        ulimits(container.getUlimitsList(), at + ".ulimits", problems);
        systemControls(definition, container, at + ".systemControls", problems);
        securityOptions(container.getDockerSecurityOptionsList(), at + ".dockerSecurityOptions", problems);
    }

    private static void parameters(
            TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        LinuxParameters linux = container.getLinuxParameters();
        capabilities(linux.getCapabilities(), at + ".capabilities", problems);
        devices(linux.getDevicesList(), at + ".devices", problems);
        tmpfs(container, at + ".tmpfs", problems);
        ContainerRules.range(
                at + ".sharedMemorySize",
                linux.hasSharedMemorySize(),
                linux.getSharedMemorySize(),
                1,
                Sizes.LARGEST_MEMORY,
                " MiB",
                problems);
        ContainerRules.range(
                at + ".maxSwap", linux.hasMaxSwap(), linux.getMaxSwap(), 0, Sizes.LARGEST_MEMORY, " MiB", problems);
        ContainerRules.range(at + ".swappiness", linux.hasSwappiness(), linux.getSwappiness(), 0, 100, "", problems);
        // The engine counts swap on top of a limit: without one there is nothing to count on.
        if (linux.hasMaxSwap()
                && !container.hasMemory()
                && definition.getMemory().isEmpty()) {
            problems.invalid(at + ".maxSwap", linux.getMaxSwap(), "only with memory, of the container or the task");
        }
    }

    private static void capabilities(KernelCapabilities capabilities, String at, Problems problems) {
        capabilities(capabilities.getAddList(), at + ".add", problems);
        capabilities(capabilities.getDropList(), at + ".drop", problems);
    }

    private static void capabilities(List<String> names, String at, Problems problems) {
        for (int i = 0; i < names.size(); i++) {
            if (!CAPABILITIES.contains(names.get(i))) {
                problems.invalid(
                        at + "[" + i + "]",
                        names.get(i),
                        "a capability of Linux without CAP_, such as NET_ADMIN, or ALL");
            }
        }
    }

    private static void devices(List<Device> devices, String at, Problems problems) {
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            String own = at + "[" + i + "]";
            if (!VolumeRules.absolute(device.getHostPath())) {
                problems.invalid(own + ".hostPath", device.getHostPath(), "an absolute path without ..");
            }
            if (!device.getContainerPath().isEmpty() && !VolumeRules.absolute(device.getContainerPath())) {
                problems.invalid(own + ".containerPath", device.getContainerPath(), "an absolute path without ..");
            }
            for (String permission : device.getPermissionsList()) {
                if (!Set.of("read", "write", "mknod").contains(permission)) {
                    problems.invalid(own + ".permissions", permission, "read, write or mknod");
                }
            }
        }
    }

    private static void tmpfs(ContainerDefinition container, String at, Problems problems) {
        Set<String> paths = new HashSet<>();
        container.getMountPointsList().forEach(mount -> paths.add(mount.getContainerPath()));
        List<Tmpfs> all = container.getLinuxParameters().getTmpfsList();
        for (int i = 0; i < all.size(); i++) {
            Tmpfs tmpfs = all.get(i);
            String own = at + "[" + i + "]";
            String path = tmpfs.getContainerPath();
            if (!VolumeRules.absolute(path) || path.equals("/")) {
                problems.invalid(own + ".containerPath", path, "an absolute path without .., below /");
            } else if (!paths.add(path)) {
                problems.invalid(own + ".containerPath", path, "a path that nothing else is mounted at");
            }
            if (!tmpfs.hasSize()) {
                problems.say(own + ".size", "absent (expected: MiB, from 1)");
            }
            ContainerRules.range(
                    own + ".size", tmpfs.hasSize(), tmpfs.getSize(), 1, Sizes.LARGEST_MEMORY, " MiB", problems);
            for (String option : tmpfs.getMountOptionsList()) {
                if (!tmpfsOption(option)) {
                    problems.invalid(
                            own + ".mountOptions",
                            option,
                            "one of " + String.join(" ", new TreeSet<>(TMPFS_OPTIONS)) + ", or NAME=VALUE with one of "
                                    + String.join(" ", new TreeSet<>(TMPFS_VALUES)));
                }
            }
        }
    }

    private static boolean tmpfsOption(String option) {
        int equals = option.indexOf('=');
        boolean plain = option.indexOf(',') < 0;
        return plain
                && (equals < 0
                        ? TMPFS_OPTIONS.contains(option)
                        : TMPFS_VALUES.contains(option.substring(0, equals)) && equals < option.length() - 1);
    }

    private static void ulimits(List<Ulimit> ulimits, String at, Problems problems) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ulimits.size(); i++) {
            Ulimit ulimit = ulimits.get(i);
            String own = at + "[" + i + "]";
            if (!ULIMITS.contains(ulimit.getName())) {
                problems.invalid(own + ".name", ulimit.getName(), "one of " + String.join(" ", new TreeSet<>(ULIMITS)));
            } else if (!names.add(ulimit.getName())) {
                problems.invalid(own + ".name", ulimit.getName(), "each limit once");
            }
            limit(own + ".softLimit", ulimit.hasSoftLimit(), ulimit.getSoftLimit(), problems);
            limit(own + ".hardLimit", ulimit.hasHardLimit(), ulimit.getHardLimit(), problems);
            boolean bounded = ulimit.hasHardLimit() && ulimit.getHardLimit() >= 0;
            if (bounded && (ulimit.getSoftLimit() > ulimit.getHardLimit() || ulimit.getSoftLimit() < 0)) {
                problems.invalid(
                        own + ".softLimit", ulimit.getSoftLimit(), "at most the hardLimit, " + ulimit.getHardLimit());
            }
        }
    }

    private static void limit(String field, boolean present, int limit, Problems problems) {
        if (!present || limit < -1) {
            problems.invalid(field, present ? limit : "absent", "a number, or -1 for no limit");
        }
    }

    private static void systemControls(
            TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        for (int i = 0; i < container.getSystemControlsCount(); i++) {
            SystemControl control = container.getSystemControls(i);
            String name = control.getNamespace();
            String field = at + "[" + i + "].namespace";
            boolean net = name.startsWith("net.");
            if (!net && !name.startsWith("fs.mqueue.") && !IPC_CONTROLS.contains(name)) {
                problems.invalid(
                        field,
                        name,
                        "net.*, fs.mqueue.* or one of " + String.join(" ", new TreeSet<>(IPC_CONTROLS))
                                + ": all others are the host's");
            } else if (net && definition.getNetworkMode().equals("host")) {
                problems.invalid(field, name, "no net.* with networkMode host: the network is the host's");
            } else if (!net && definition.getIpcMode().equals("host")) {
                problems.invalid(field, name, "net.* only with ipcMode host: the IPC settings are the host's");
            }
            if (control.getValue().isEmpty()) {
                problems.invalid(at + "[" + i + "].value", control.getValue(), "a value");
            }
        }
    }

    private static void securityOptions(List<String> options, String at, Problems problems) {
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            boolean known = Set.of("no-new-privileges", "no-new-privileges:true", "no-new-privileges:false")
                            .contains(option)
                    || Set.of("seccomp:unconfined", "seccomp=unconfined").contains(option)
                    || named("apparmor", option)
                    || named("label", option);
            if (option.startsWith("credentialspec")) {
                problems.unsupported(at + "[" + i + "]", option, "an option of Linux");
            } else if (!known) {
                problems.invalid(
                        at + "[" + i + "]",
                        option,
                        "no-new-privileges, apparmor:PROFILE, label:VALUE or seccomp:unconfined");
            }
        }
    }

    private static boolean named(String kind, String option) {
        return (option.startsWith(kind + ":") || option.startsWith(kind + "=")) && option.length() > kind.length() + 1;
    }
}
