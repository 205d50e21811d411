package dev.staithe.agent.container;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what a command writes and how it ends. */
public final class SeenCommand implements Execs.Sink {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final CopyOnWriteArrayList<Integer> codes = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<ContainerFault> faults = new CopyOnWriteArrayList<>();

    @Override
    public void output(boolean isStderr, byte[] bytes) {
        (isStderr ? stderr : stdout).writeBytes(bytes);
    }

    @Override
    public void exited(int code) {
        codes.add(code);
    }

    @Override
    public void failed(ContainerFault fault) {
        faults.add(fault);
    }

    public byte[] bytes() {
        return stdout.toByteArray();
    }

    public String stdout() {
        return stdout.toString(StandardCharsets.UTF_8);
    }

    public String stderr() {
        return stderr.toString(StandardCharsets.UTF_8);
    }

    public boolean over() {
        return !codes.isEmpty() || !faults.isEmpty();
    }

    /** Empty while it runs, and when what became of it is not known. */
    public OptionalInt exitCode() {
        return codes.stream().mapToInt(Integer::intValue).findFirst();
    }
}
