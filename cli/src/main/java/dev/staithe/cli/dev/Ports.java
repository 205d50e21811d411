package dev.staithe.cli.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who listens on a TCP port of this machine. Linux only: elsewhere the answer is that nobody knows. */
final class Ports {
    private static final String LISTENING = "0A";

    private Ports() {}

    /** Whether a server could listen there on the loopback address now. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** "process 4711 (java)", or nothing when it cannot be told. */
    static Optional<String> holder(int port) {
        Set<String> sockets = new TreeSet<>();
        collectListening("/proc/net/tcp", port, sockets);
        collectListening("/proc/net/tcp6", port, sockets);
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (hasSocket(process, sockets)) {
                    return Optional.of("process " + process.getFileName() + " ("
                            + Files.readString(process.resolve("comm")).strip() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static void collectListening(String table, int port, Set<String> sockets) {
        try {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > 9
                        && columns[3].equals(LISTENING)
                        && columns[1].endsWith(String.format(":%04X", port))) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (IOException e) {
            sockets.clear();
        }
    }

    private static boolean hasSocket(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            // Ended meanwhile, or another user's.
            return false;
        }
    }
}
