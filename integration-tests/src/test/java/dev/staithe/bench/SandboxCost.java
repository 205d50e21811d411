package dev.staithe.bench;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a ready sandbox costs its host: the memory of its program, of its shim and of its proxies, as the kernel counts it. */
final class SandboxCost {
    private static final Path PROC = Path.of("/proc");

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
            program += pss(PROC.resolve(Long.toString(pid)));
            shim += pss(PROC.resolve(parent(pid)));
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
        double sum = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                String command = read(process.resolve("cmdline"));
                if (command.contains("docker-proxy") && command.contains("\0" + address + "\0")) {
                    sum += pss(process);
                }
            }
        }
        return sum;
    }

    private static double pss(Path process) {
        return read(process.resolve("smaps_rollup"))
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String parent(long pid) {
        return read(PROC.resolve(pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("PPid:"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElse("0");
    }

    /** Empty for a process that has gone meanwhile. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
