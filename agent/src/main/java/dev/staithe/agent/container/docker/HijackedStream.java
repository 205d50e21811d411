package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection to the engine on which both sides speak at will, after one HTTP request has opened it. Of its own, because
 * the transport that everything else uses cannot say that input has ended.
 *
 * <p>One thread reads, another one writes; closing it from a third ends both. An interrupt closes it.
 */
final class HijackedStream implements AutoCloseable {
    private static final int LONGEST_HEAD = 16 << 10;
    private static final int LONGEST_REFUSAL = 64 << 10;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final SocketChannel channel;
    private final InputStream in;

    private HijackedStream(SocketChannel channel) {
        this.channel = channel;
        in = new FromEngine(channel);
    }

    /**
     * Opens it. A refusal is thrown as docker-java would.
     *
     * @param engine unix://PATH or tcp://HOST:PORT
     * @param json the body of the request
     */
    static HijackedStream open(URI engine, String path, String json) throws IOException {
        HijackedStream stream = new HijackedStream(connect(engine));
        try {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            String head = "POST " + path + " HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
                    + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: " + body.length + "\r\n\r\n";
            stream.write(head.getBytes(StandardCharsets.US_ASCII));
            stream.write(body);
            stream.readHead();
            return stream;
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /** What the other side says; ends when it has said all. */
    InputStream in() {
        return in;
    }

    /** Returns when the engine has taken all of it. */
    void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** This side has said all. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // It was to be gone.
            return;
        }
    }

    /** Reads without a monitor, which would hold a whole thread of the machine while the command says nothing. */
    private static final class FromEngine extends InputStream {
        private final SocketChannel channel;

        FromEngine(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    private static SocketChannel connect(URI engine) throws IOException {
        boolean unix = "unix".equals(engine.getScheme());
        SocketAddress address = unix
                ? UnixDomainSocketAddress.of(engine.getPath())
                : new InetSocketAddress(engine.getHost(), engine.getPort());
        SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        try {
            channel.connect(address);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readHead() throws IOException {
        String head = head();
        String[] status = head.lines().findFirst().orElse("").split(" ", 3);
        int code = status.length > 1 && status[1].matches("\\d{3}") ? Integer.parseInt(status[1]) : 0;
        if (code == SWITCHING_PROTOCOLS) {
            return;
        }
        if (code < 400) {
            throw new IOException(
                    "the engine answered " + head.lines().findFirst().orElse("nothing") + " (expected: 101)");
        }
        throw new DockerException(refusal(head), code);
    }

    /** Byte by byte: what follows belongs to the command. */
    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the engine closed the connection before it answered");
            }
            if (head.size() >= LONGEST_HEAD) {
                throw new IOException("the engine's answer has no end (expected: at most " + LONGEST_HEAD + " bytes)");
            }
            head.write(next);
            ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : next == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Such answers are short, and come with their length. */
    private String refusal(String head) throws IOException {
        int length = head.lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("content-length:"))
                .map(line -> line.substring("content-length:".length()).strip())
                .filter(text -> text.matches("\\d{1,5}"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
        return new String(in.readNBytes(Math.min(length, LONGEST_REFUSAL)), StandardCharsets.UTF_8);
    }
}
