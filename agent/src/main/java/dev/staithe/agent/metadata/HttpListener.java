package dev.staithe.agent.metadata;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server for small answers: the JDK's own, one dispatching thread and a virtual thread for each request. What is asked of
 * it comes from containers, so all of it is bounded: the time of a request, connections, idle ones, and no body is read.
 */
final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int BACKLOG = 128;

    static {
        // The JDK reads its bounds from here when the first server is made; by default they are missing.
        bound("sun.net.httpserver.maxReqTime", 10);
        bound("sun.net.httpserver.maxRspTime", 60);
        bound("sun.net.httpserver.idleInterval", 15);
        bound("jdk.httpserver.maxConnections", 1024);
        bound("sun.net.httpserver.maxIdleConnections", 256);
    }

    /** Answers on a thread of its own; may block. */
    @FunctionalInterface
    interface Answering {
        Reply answer(Query query) throws InterruptedException;
    }

    private final HttpServer server;
    private volatile Answering answering =
            query -> Reply.refusal(Reply.UNAVAILABLE, "the agent is starting; ask again");
    private final ExecutorService threads = SystemEnvironment.blockingThreads();

    private HttpListener(HttpServer server) {
        this.server = server;
    }

    /** Takes the address and begins to answer: that it is too early, before {@link #serve}. */
    static HttpListener bind(InetSocketAddress address) throws IOException {
        HttpListener listener = new HttpListener(HttpServer.create(address, BACKLOG));
        listener.begin();
        return listener;
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /** Answers so from now on. */
    void serve(Answering by) {
        answering = by;
    }

    private void begin() {
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                send(exchange, answering.answer(query(exchange)));
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException bug) {
                // Without the request: its path is a secret.
                LOG.atError().setCause(bug).log("a request to an endpoint of the host was not answered");
                throw bug;
            }
        });
        server.start();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Query query(HttpExchange exchange) {
        InetAddress source = exchange.getRemoteAddress().getAddress();
        return new Query(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""),
                Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Host"), ""),
                source.getHostAddress());
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static void bound(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}
