package dev.staithe.agent.container;

import dev.staithe.proto.v1.RuntimePlatform;
import java.util.Locale;

/**
 * What a program was built for, in the words of image manifests.
 *
 * @param os "linux"; empty = unknown
 * @param architecture "amd64", "arm64"; empty = unknown
 */
public record Platform(String os, String architecture) {
    /** Nothing is asked for: the engine takes what fits it. */
    public static final Platform UNKNOWN = new Platform("", "");

    /** What the engine's host runs. */
    public static Platform of(EngineInfo engine) {
        return new Platform(word(engine.osType()), inManifests(engine.architecture()));
    }

    /** What the task definition asks for; what it does not say is the host's. */
    public static Platform of(RuntimePlatform asked, Platform host) {
        String architecture = asked.getCpuArchitecture();
        String family = word(asked.getOperatingSystemFamily());
        return new Platform(
                family.isEmpty() ? host.os() : family.startsWith("windows") ? "windows" : family,
                architecture.isEmpty() ? host.architecture() : inManifests(architecture));
    }

    /** Whether a host of this platform runs what was built for the other one, 32-bit programs included. */
    public boolean runs(Platform built) {
        boolean sameSystem = os.isEmpty() || built.os.isEmpty() || os.equals(built.os);
        boolean sameProcessor = architecture.isEmpty()
                || built.architecture.isEmpty()
                || architecture.equals(built.architecture)
                || (architecture.equals("amd64") && built.architecture.equals("386"))
                || (architecture.equals("arm64") && built.architecture.equals("arm"));
        return sameSystem && sameProcessor;
    }

    /** For people, in ECS's words: "x86_64", "arm64"; with the system when it is not Linux. */
    public String words() {
        String processor = architecture.equals("amd64") ? "x86_64" : architecture;
        return os.isEmpty() || os.equals("linux") ? processor : os + " on " + processor;
    }

    private static String inManifests(String architecture) {
        return switch (word(architecture)) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> word(architecture);
        };
    }

    private static String word(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
