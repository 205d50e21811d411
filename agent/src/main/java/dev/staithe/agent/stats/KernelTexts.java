package dev.staithe.agent.stats;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the kernel's texts about control groups (both versions) and network devices. Pure. */
final class KernelTexts {
    /** Version 1 writes "no limit" as the largest number of whole pages. */
    private static final long NO_LIMIT = 1L << 60;

    private KernelTexts() {}

    /** The control groups of a process. */
    sealed interface Groups {
        /** One tree for all controllers. */
        record Unified(String path) implements Groups {}

        /** A tree for each controller. */
        record Split(String cpu, String memory, String block, String processes) implements Groups {}
    }

    /** Two directions. */
    record Pair(long in, long out) {
        static final Pair NONE = new Pair(0, 0);

        Pair plus(long moreIn, long moreOut) {
            return new Pair(in + moreIn, out + moreOut);
        }
    }

    /**
     * Finds a container's groups in {@code /proc/PID/cgroup}.
     *
     * @param containerId that its path has to name; otherwise the process is another's, which got the number since
     */
    static Optional<Groups> groups(String text, String containerId) {
        TreeMap<String, String> paths = new TreeMap<>();
        for (String line : lines(text)) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && names(fields[2], containerId)) {
                for (String controller : fields[1].split(",", -1)) {
                    paths.put(controller, fields[2]);
                }
            }
        }
        String cpu = paths.get("cpuacct");
        String memory = paths.get("memory");
        if (cpu != null && memory != null) {
            return Optional.of(
                    new Groups.Split(cpu, memory, paths.getOrDefault("blkio", cpu), paths.getOrDefault("pids", cpu)));
        }
        return Optional.ofNullable(paths.get("")).map(Groups.Unified::new);
    }

    /** A path from another root (an agent in a container of its own) leads nowhere here. */
    private static boolean names(String path, String containerId) {
        return path.contains(containerId) && !path.contains("/../");
    }

    static long number(String text) {
        return parse(text.strip());
    }

    /** A limit; 0 when there is none. */
    static long limit(String text) {
        long limit = text.strip().equals("max") ? 0 : number(text);
        return limit >= NO_LIMIT ? 0 : limit;
    }

    /** The number behind a key on a line of its own; 0 when it is not there. */
    static long keyed(String text, String key) {
        for (String line : lines(text)) {
            if (line.startsWith(key) && line.length() > key.length() && line.charAt(key.length()) == ' ') {
                return number(line.substring(key.length()));
            }
        }
        return 0;
    }

    /** Version 1: {@code 8:0 Read 4096}, a line for each device and operation. */
    static Pair blocksByOperation(String text) {
        Pair sum = Pair.NONE;
        for (String line : lines(text)) {
            String[] fields = line.split(" ", -1);
            if (fields.length == 3) {
                sum = switch (fields[1]) {
                    case "Read" -> sum.plus(parse(fields[2]), 0);
                    case "Write" -> sum.plus(0, parse(fields[2]));
                    default -> sum; // Sync, Async, Discard and Total count the same bytes again
                };
            }
        }
        return sum;
    }

    /** Version 2: {@code 8:0 rbytes=4096 wbytes=0 rios=1 ...}, a line for each device. */
    static Pair blocksByDevice(String text) {
        Pair sum = Pair.NONE;
        for (String line : lines(text)) {
            for (String field : line.split(" ", -1)) {
                if (field.startsWith("rbytes=")) {
                    sum = sum.plus(parse(field.substring("rbytes=".length())), 0);
                } else if (field.startsWith("wbytes=")) {
                    sum = sum.plus(0, parse(field.substring("wbytes=".length())));
                }
            }
        }
        return sum;
    }

    /** Bytes received and sent by all devices of {@code /proc/PID/net/dev} but the loopback. */
    static Pair traffic(String text) {
        Pair sum = Pair.NONE;
        for (String line : lines(text)) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.substring(0, colon).strip().equals("lo")) {
                String[] fields = line.substring(colon + 1).strip().split("\\s+", -1);
                if (fields.length >= 9) {
                    sum = sum.plus(parse(fields[0]), parse(fields[8]));
                }
            }
        }
        return sum;
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    private static long parse(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
