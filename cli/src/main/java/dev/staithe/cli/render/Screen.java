package dev.staithe.cli.render;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The streams of one run of the command line, and what the user's terminal can show.
 *
 * @param typed whether {@code in} is a terminal
 * @param live whether {@code out} is a terminal on which a line may be drawn again
 * @param colour whether colours are wanted there
 */
public record Screen(InputStream in, PrintStream out, PrintStream err, boolean typed, boolean live, boolean colour) {
    /** The process's own streams. Colours obey NO_COLOR and TERM. */
    public static Screen system(Map<String, String> environment) {
        boolean live = isTerminal("1") && !"dumb".equals(environment.get("TERM"));
        boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Screen(
                System.in, stream(FileDescriptor.out), stream(FileDescriptor.err), isTerminal("0"), live, colour);
    }

    /** Whether somebody types what comes in. */
    public boolean typedAt() {
        return in.equals(System.in) && isTerminal("0");
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Java's own console cannot tell whether standard output alone is redirected; Linux can. */
    private static boolean isTerminal(String descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
