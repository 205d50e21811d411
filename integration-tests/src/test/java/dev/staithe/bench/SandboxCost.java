package dev.staithe.bench;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a ready sandbox costs its host: the memory of its program, of its shim and of its proxies, as the kernel counts it. */
final class SandboxCost {
    private static final String SHARE = "Pss";

    private SandboxCost() {}

    /** One line: the mean over all ready ones. */
    static String of(RawEngine engine) throws IOException {
        List<String> ready = engine.ready();
        double program = 0;
        double shim = 0;
        double proxies = 0;
        for (String id : ready) {
            InspectContainerResponse shown = engine.inspect(id).orElseThrow();
            long pid = shown.getState().getPidLong();
            program += Processes.memory(pid, SHARE);
            shim += Processes.memory(Processes.parent(pid), SHARE);
            proxies += proxies(Objects.requireNonNull(
                            shown.getNetworkSettings().getNetworks().get("bridge"))
                    .getIpAddress());
        }
        int count = Math.max(1, ready.size());
        return String.format(
                Locale.ROOT,
                "%d ready sandboxes, each: program %.0f KiB, shim %.0f KiB, proxies %.0f KiB (proportional set size)",
                ready.size(),
                program / count,
                shim / count,
                proxies / count);
    }

    private static double proxies(String address) throws IOException {
        return Processes.found(command -> command.contains("docker-proxy") && command.contains("\0" + address + "\0"))
                .stream()
                .mapToDouble(pid -> Processes.memory(pid, SHARE))
                .sum();
    }
}
