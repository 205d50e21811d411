package dev.staithe.agent.traffic.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Another machine on a cable of its own: a network namespace. Its addresses come from its name, so that several stand side by side. */
public final class NeighbourHost implements AutoCloseable {
    private static final String ECHO =
            "exec 3<>/dev/tcp/$0/$1; while read -r l; do echo \"$l\" >&3; read -r -t 5 a <&3; echo \"$a\"; done";

    private final String name;
    private final String cable;
    private final String net4;
    private final String net6;
    private final List<Process> processes = new ArrayList<>();

    /** How a connection attempt ends. */
    public enum Answer {
        ACCEPTED,
        REFUSED,
        NONE
    }

    /** Makes it: digits are hexadecimal, and random. */
    public NeighbourHost(String digits) {
        name = "staithe-test-" + digits.substring(0, 8);
        cable = "st" + digits.substring(0, 8);
        int third = Integer.parseInt(digits.substring(0, 2), 16);
        int second = 64 + Integer.parseInt(digits.substring(2, 4), 16) / 4;
        net4 = "10." + second + "." + third + ".";
        net6 = "fd5a:" + digits.substring(0, 4) + ":" + digits.substring(4, 8) + "::";
        ip("netns add " + name);
        ip("link add " + cable + "h type veth peer name " + cable + "n netns " + name);
        ip("addr add " + address4() + "/24 dev " + cable + "h");
        ip("-6 addr add " + address6() + "/64 dev " + cable + "h nodad");
        ip("link set " + cable + "h up");
        ip("-n " + name + " addr add " + itsAddress4() + "/24 dev " + cable + "n");
        ip("-n " + name + " -6 addr add " + itsAddress6() + "/64 dev " + cable + "n nodad");
        ip("-n " + name + " link set " + cable + "n up");
        ip("-n " + name + " link set lo up");
        ip("-n " + name + " route add default via " + address4());
    }

    /** This host's address on the cable. */
    public String address4() {
        return net4 + "1";
    }

    public String address6() {
        return net6 + "1";
    }

    /** The neighbour's own. */
    public String itsAddress4() {
        return net4 + "2";
    }

    public String itsAddress6() {
        return net6 + "2";
    }

    /** The neighbour tries to connect. */
    public Answer connects(String address, int port) {
        return attempt(List.of("ip", "netns", "exec", name), address, port);
    }

    /** From the network of that process. */
    public Answer connectsFrom(int pid, String address, int port) {
        return attempt(List.of("nsenter", "-n", "-t", Integer.toString(pid)), address, port);
    }

    private static Answer attempt(List<String> where, String address, int port) {
        List<String> command = new ArrayList<>(where);
        command.addAll(List.of("timeout", "3", "bash", "-c", ": </dev/tcp/$0/$1", address, Integer.toString(port)));
        return switch (status(command)) {
            case 0 -> Answer.ACCEPTED;
            case 124 -> Answer.NONE;
            default -> Answer.REFUSED;
        };
    }

    /** The neighbour listens on all of its addresses. */
    public void listen(int port) {
        start(List.of("busybox", "nc", "-ll", "-p", Integer.toString(port), "-e", "cat"));
        while (attempt(List.of("ip", "netns", "exec", name), "127.0.0.1", port) != Answer.ACCEPTED) {
            Thread.onSpinWait();
        }
    }

    /** The neighbour connects, and stays. */
    public Talk talk(String address, int port) {
        return new Talk(start(List.of("bash", "-c", ECHO, address, Integer.toString(port))));
    }

    private Process start(List<String> command) {
        try {
            List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
            inside.addAll(command);
            Process process = new ProcessBuilder(inside).start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        status(List.of("ip", "netns", "del", name));
        status(List.of("ip", "link", "del", cable + "h"));
    }

    private static void ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words.split(" ")));
        if (status(command) != 0) {
            throw new AssertionError("ip " + words + " failed: these tests need root and iproute2");
        }
    }

    private static int status(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A connection to an echo server that is kept. */
    public static final class Talk implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;

        private Talk(Process process) {
            this.process = process;
            this.answers = process.inputReader(StandardCharsets.UTF_8);
        }

        /** What comes back of a line. */
        public String echo(String line) {
            try {
                process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                return String.valueOf(answers.readLine());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                process.getOutputStream().close();
                process.waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
