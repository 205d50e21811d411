package dev.staithe.controlplane.store.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes connections on to an endpoint while it is open; breaks and refuses them while it is shut. */
final class TcpDoor implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final String target;
    private volatile boolean open = true;

    TcpDoor(String target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    String endpoint() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    void shut() {
        open = false;
        sockets.forEach(TcpDoor::close);
    }

    void open() {
        open = true;
    }

    @Override
    public void close() throws IOException {
        shut();
        server.close();
    }

    private void accept() {
        int colon = target.lastIndexOf(':');
        try {
            while (true) {
                Socket inside = server.accept();
                if (!open) {
                    close(inside);
                    continue;
                }
                Socket outside = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
                sockets.add(inside);
                sockets.add(outside);
                Thread.ofVirtual().start(() -> pump(inside, outside));
                Thread.ofVirtual().start(() -> pump(outside, inside));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // Either end is gone; so is the other, now.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as anybody can tell.
        }
    }
}
