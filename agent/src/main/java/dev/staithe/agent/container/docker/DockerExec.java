package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.command.InspectExecResponse;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Execs.Command;
import dev.staithe.agent.container.Execs.Running;
import dev.staithe.agent.container.Execs.Sink;
import dev.staithe.agent.container.Execs.Size;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command in a container, from the engine's exec instance to the end of its process.
 *
 * <p>The engine opens the stream before it starts the process, says nothing when the process is there, and leaves it running
 * when the stream is closed: so the process is looked for, and ended from the host, where this runs as root.
 */
final class DockerExec implements Running {
    private static final Logger LOG = LoggerFactory.getLogger(DockerExec.class);

    /** Between being hung up on and being killed. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private static final Duration FIRST_LOOK = Duration.ofMillis(5);
    private static final Duration LAST_LOOK = Duration.ofMillis(500);
    private static final int LONGEST_REFUSAL = 4096;

    private final EngineConnection connection;
    private final TimedCalls calls;
    private final DockerDeadlines deadlines;
    private final Environment environment;
    private final EventLoop loop;
    private final String containerId;
    private final String execId;
    private final Command command;
    private final Sink sink;
    private final Consumer<DockerExec> over;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable HijackedStream stream;
    private volatile boolean ended;

    /** The number of its process on the host; 0 = not known yet. */
    private volatile long leader;

    DockerExec(
            EngineConnection connection,
            TimedCalls calls,
            DockerDeadlines deadlines,
            Environment environment,
            EventLoop loop,
            String containerId,
            String execId,
            Command command,
            Sink sink,
            Consumer<DockerExec> over) {
        this.connection = connection;
        this.calls = calls;
        this.deadlines = deadlines;
        this.environment = environment;
        this.loop = loop;
        this.containerId = containerId;
        this.execId = execId;
        this.command = command;
        this.sink = sink;
        this.over = over;
    }

    /** Starts the process, waits until it is there, and reads what it writes from then on. */
    void begin() throws ContainerFault {
        HijackedStream opened = calls.within(
                deadlines.inspect(),
                Kind.CannotExecuteCommandError,
                ticket -> connection.hijack(
                        "/exec/" + execId + "/start", "{\"Detach\":false,\"Tty\":" + command.terminal() + "}"));
        stream = opened;
        InspectExecResponse started = look(deadlines.start(), exec -> pid(exec) > 0 || exec.getExitCodeLong() != null);
        leader = pid(started);
        if (leader == 0) {
            ended = true;
            throw new ContainerFault(Kind.CannotExecuteCommandError, refusal(opened), false);
        }
        if (command.size().isPresent()) {
            resize(command.size().get());
        }
        inBackground(() -> {
            read(opened);
            return true;
        });
    }

    @Override
    public void write(byte[] bytes) throws ContainerFault {
        try {
            opened().write(bytes);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Override
    public void closeInput() throws ContainerFault {
        try {
            opened().endOutput();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Override
    public void resize(Size size) throws ContainerFault {
        calls.within(
                deadlines.inspect(),
                Kind.CannotExecuteCommandError,
                ticket -> connection
                        .client()
                        .resizeExecCmd(execId)
                        .withSize(size.rows(), size.columns())
                        .exec());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        closeStream();
        if (ended) {
            over.accept(this);
        } else {
            inBackground(() -> hangUp(processes()));
        }
    }

    /** As {@link #close}, at once: nothing is waited for, nothing of the command runs when this returns. */
    void kill() {
        closed.set(true);
        closeStream();
        if (!ended && leader > 0) {
            new CommandProcesses(leader, containerId).kill();
        }
    }

    private void closeStream() {
        HijackedStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    private void read(HijackedStream from) {
        try {
            CommandOutput.readAll(from.in(), command.terminal(), (stderr, bytes) -> {
                if (!closed.get()) {
                    sink.output(stderr, bytes);
                }
            });
            // As long as it takes: a command may close its output and go on.
            int code = exitCode(look(null, exec -> !Boolean.TRUE.equals(exec.isRunning())));
            ended = true;
            tell(() -> sink.exited(code));
        } catch (IOException e) {
            tell(() -> sink.failed(broken(e)));
        } catch (ContainerFault fault) {
            tell(() -> sink.failed(fault));
        } finally {
            if (ended) {
                from.close();
                over.accept(this);
            }
        }
    }

    private void tell(Runnable news) {
        if (!closed.get()) {
            news.run();
        }
    }

    /** Looks at the command again and again until it is so. */
    private InspectExecResponse look(@Nullable Duration limit, Predicate<InspectExecResponse> enough)
            throws ContainerFault {
        TimedCalls.Work<InspectExecResponse> looking = ticket -> {
            Duration pause = FIRST_LOOK;
            while (true) {
                InspectExecResponse seen = inspect();
                if (enough.test(seen)) {
                    return seen;
                }
                if (closed.get()) {
                    throw new IOException("nobody waits for the command any more");
                }
                CompletableFuture<Boolean> waited = new CompletableFuture<>();
                loop.after(pause, () -> waited.complete(true));
                environment.effects().await(waited, pause.plusSeconds(10));
                pause = pause.multipliedBy(2).compareTo(LAST_LOOK) < 0 ? pause.multipliedBy(2) : LAST_LOOK;
            }
        };
        return limit == null
                ? calls.unlimited(calls.ticket(), Kind.CannotExecuteCommandError, looking)
                : calls.within(limit, Kind.CannotExecuteCommandError, looking);
    }

    private InspectExecResponse inspect() throws ContainerFault {
        return calls.within(
                deadlines.inspect(),
                Kind.CannotExecuteCommandError,
                ticket -> connection.client().inspectExecCmd(execId).exec());
    }

    /** Asked of the engine when the start was given up before it was known. */
    private CommandProcesses processes() throws ContainerFault {
        if (leader == 0) {
            leader = pid(inspect());
        }
        return new CommandProcesses(leader, containerId);
    }

    private Boolean hangUp(CommandProcesses processes) throws IOException, InterruptedException, ContainerFault {
        if (leader == 0 || processes.find().isEmpty()) {
            over.accept(this);
            if (Boolean.TRUE.equals(inspect().isRunning())) {
                LOG.atWarn()
                        .addKeyValue("container", containerId)
                        .addKeyValue("pid", leader)
                        .log("a command runs on without a caller: its process cannot be seen from here");
            }
            return false;
        }
        processes.hangUp(command.terminal());
        loop.after(
                LAST_WORDS,
                () -> inBackground(() -> {
                    processes.kill();
                    over.accept(this);
                    return true;
                }));
        return true;
    }

    private void inBackground(Callable<Boolean> work) {
        environment.effects().run(loop, work, (Outcome<Boolean> outcome) -> {
            if (outcome instanceof Outcome.Failed<Boolean> failed) {
                LOG.atWarn()
                        .setCause(failed.cause())
                        .addKeyValue("container", containerId)
                        .log("a command in the container was not ended cleanly");
            }
        });
    }

    /** What the engine wrote in place of the command's output. */
    private String refusal(HijackedStream from) throws ContainerFault {
        StringBuilder words = new StringBuilder();
        calls.within(deadlines.inspect(), Kind.CannotExecuteCommandError, ticket -> {
            CommandOutput.readAll(from.in(), command.terminal(), (stderr, bytes) -> {
                if (words.length() < LONGEST_REFUSAL) {
                    words.append(new String(bytes, StandardCharsets.UTF_8));
                }
            });
            return true;
        });
        String said = words.toString().strip();
        return said.isEmpty() ? "the engine did not start the command, and does not say why" : said;
    }

    private HijackedStream opened() throws IOException {
        HijackedStream open = stream;
        if (open == null) {
            throw new IOException("the command was not started");
        }
        return open;
    }

    private static ContainerFault broken(IOException e) {
        return new ContainerFault(
                Kind.EngineUnavailableError,
                "the engine's connection to the command broke: " + e.getMessage(),
                true,
                e);
    }

    private static long pid(InspectExecResponse exec) {
        return Objects.requireNonNullElse(exec.getPidLong(), 0L);
    }

    private static int exitCode(InspectExecResponse exec) {
        return Objects.requireNonNullElse(exec.getExitCodeLong(), 0L).intValue();
    }
}
