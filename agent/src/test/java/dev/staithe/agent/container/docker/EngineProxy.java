package dev.staithe.agent.container.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a test and the real engine, and makes it hang, refuse, or break off, without doing anything to the engine
 * that other tests use too.
 */
final class EngineProxy implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean hanging;
    private volatile boolean refusing;

    EngineProxy(Path directory) throws IOException {
        socket = directory.resolve("engine.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    URI host() {
        return URI.create("unix://" + socket);
    }

    /** Like an engine that was sent SIGSTOP: takes connections and answers nothing. */
    void hang(boolean on) {
        hanging = on;
    }

    /** Like an engine that is down: breaks off everything, and every new connection. */
    void refuse(boolean on) {
        refusing = on;
        if (on) {
            connections.forEach(EngineProxy::close);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.forEach(EngineProxy::close);
        Files.deleteIfExists(socket);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                connections.add(client);
                if (refusing) {
                    close(client);
                } else if (!hanging) {
                    SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(TestEngine.HOST.getPath()));
                    connections.add(engine);
                    Thread.ofVirtual().start(() -> copy(client, engine));
                    Thread.ofVirtual().start(() -> copy(engine, client));
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException broken) {
            close(from);
        }
        close(to);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
