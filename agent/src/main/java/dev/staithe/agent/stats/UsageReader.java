package dev.staithe.agent.stats;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.stats.KernelTexts.Groups;
import dev.staithe.agent.stats.KernelTexts.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Looks at what containers use: in the kernel's files, a tenth of a millisecond each, or, where this process does not see them,
 * by asking the engine. Blocks; run as an effect.
 */
public final class UsageReader {
    private final Path proc;
    private final Path groups;
    private final ContainerRuntime runtime;
    private final ObjectMapper json = new ObjectMapper();

    /** A reader of this host. */
    public UsageReader(ContainerRuntime runtime) {
        this(Path.of("/proc"), Path.of("/sys/fs/cgroup"), runtime);
    }

    UsageReader(Path proc, Path groups, ContainerRuntime runtime) {
        this.proc = proc;
        this.groups = groups;
        this.runtime = runtime;
    }

    /** What each of them uses, by the engine's ids; without those that do not run any more. */
    SortedMap<String, Usage> read(List<Subject> subjects) {
        SortedMap<String, Usage> usages = new TreeMap<>();
        boolean engineAnswers = true;
        for (Subject subject : subjects) {
            ContainerView view = subject.view();
            Optional<Usage> usage = fromKernel(view);
            try {
                usage = usage.isEmpty() && engineAnswers ? fromEngine(view.id()) : usage;
            } catch (ContainerFault fault) {
                // One that does not answer would be waited for once for each container.
                engineAnswers = fault.kind() != ContainerFault.Kind.EngineUnavailableError;
            }
            usage.ifPresent(seen -> usages.put(view.id(), seen));
        }
        return usages;
    }

    private Optional<Usage> fromEngine(String id) throws ContainerFault {
        Optional<String> said = runtime.statistics(id, false);
        try {
            return said.isPresent() ? EngineStatistics.usage(json.readTree(said.get())) : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** Empty when it has just ended, or its files are not where this process looks. */
    private Optional<Usage> fromKernel(ContainerView view) {
        try {
            return look(view);
        } catch (IOException notHere) {
            return Optional.empty();
        }
    }

    private Optional<Usage> look(ContainerView view) throws IOException {
        int pid = view.presence().pid();
        Path process = proc.resolve(Integer.toString(pid));
        if (pid <= 0 || !Files.isDirectory(process)) {
            return Optional.empty();
        }
        Optional<Groups> found = KernelTexts.groups(text(process.resolve("cgroup")), view.id());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Pair traffic = view.presence().networkMode().equals("host")
                ? Pair.NONE
                : KernelTexts.traffic(text(process.resolve("net/dev")));
        return Optional.of(
                switch (found.get()) {
                    case Groups.Split split -> split(split, traffic);
                    case Groups.Unified unified -> unified(unified, traffic);
                });
    }

    private Usage split(Groups.Split at, Pair traffic) throws IOException {
        Path memory = directory("memory", at.memory());
        Pair blocks = KernelTexts.blocksByOperation(
                optional(directory("blkio", at.block()).resolve("blkio.throttle.io_service_bytes_recursive")));
        return new Usage(
                KernelTexts.number(text(directory("cpuacct", at.cpu()).resolve("cpuacct.usage"))),
                held(
                        KernelTexts.number(text(memory.resolve("memory.usage_in_bytes"))),
                        KernelTexts.keyed(text(memory.resolve("memory.stat")), "total_inactive_file")),
                KernelTexts.limit(text(memory.resolve("memory.limit_in_bytes"))),
                traffic.in(),
                traffic.out(),
                blocks.in(),
                blocks.out(),
                Math.toIntExact(KernelTexts.number(
                        optional(directory("pids", at.processes()).resolve("pids.current")))));
    }

    private Usage unified(Groups.Unified at, Pair traffic) throws IOException {
        Path group = directory("", at.path());
        Pair blocks = KernelTexts.blocksByDevice(optional(group.resolve("io.stat")));
        return new Usage(
                KernelTexts.keyed(text(group.resolve("cpu.stat")), "usage_usec") * 1000,
                held(
                        KernelTexts.number(text(group.resolve("memory.current"))),
                        KernelTexts.keyed(text(group.resolve("memory.stat")), "inactive_file")),
                KernelTexts.limit(text(group.resolve("memory.max"))),
                traffic.in(),
                traffic.out(),
                blocks.in(),
                blocks.out(),
                Math.toIntExact(KernelTexts.number(optional(group.resolve("pids.current")))));
    }

    private static long held(long charged, long inactiveFile) {
        return Math.max(0, charged - inactiveFile);
    }

    private Path directory(String controller, String path) {
        return groups.resolve(controller).resolve(path.startsWith("/") ? path.substring(1) : path);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }

    /** A controller that the kernel need not have. */
    private static String optional(Path file) {
        try {
            return text(file);
        } catch (IOException absent) {
            return "0";
        }
    }
}
