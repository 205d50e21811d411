package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Execs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Commands in fake containers. A container has these programs: {@code echo ARGUMENTS}, {@code cat}, {@code sleep} (until it is
 * hung up on, or reads a Ctrl-C in a terminal), {@code size} (of its terminal, again whenever it changes, until it is hung up
 * on), {@code flood N}, which writes N times 16 KiB, and {@code exit CODE}, which also writes to its standard error.
 */
final class FakeExecs implements Execs {
    private static final byte CONTROL_C = 3;

    private final FakeEngine engine;
    private final String instance;

    FakeExecs(FakeEngine engine, String instance) {
        this.engine = engine;
        this.instance = instance;
    }

    @Override
    public Running start(String id, Command command, Sink sink) throws ContainerFault {
        return engine.call(EngineCall.EXEC, () -> {
            Optional<FakeContainer> container = engine.host().own(instance, id, Kind.CannotExecuteCommandError);
            if (container.isEmpty()) {
                throw fault("No such container: " + id);
            }
            if (container.get().state() != State.RUNNING) {
                throw fault("Container " + id + " is not running");
            }
            FakeExec exec = new FakeExec(command, sink);
            exec.begin();
            return exec;
        });
    }

    private static ContainerFault fault(String words) {
        return new ContainerFault(Kind.CannotExecuteCommandError, words, false);
    }

    private final class FakeExec implements Running {
        private final Command command;
        private final Sink sink;
        private boolean over;

        FakeExec(Command command, Sink sink) {
            this.command = command;
            this.sink = sink;
        }

        void begin() throws ContainerFault {
            List<String> arguments = command.arguments();
            switch (arguments.getFirst()) {
                case "echo" -> {
                    print(false, String.join(" ", arguments.subList(1, arguments.size())) + "\n");
                    exit(0);
                }
                case "exit" -> {
                    print(true, "exiting\n");
                    exit(Integer.parseInt(arguments.get(1)));
                }
                case "cat" -> {
                    if (!command.input()) {
                        exit(0);
                    }
                }
                case "size" -> command.size().ifPresent(this::resize);
                case "flood" -> {
                    // Begun when the start has been answered: on one thread nobody could wait for room before.
                    int pieces = Integer.parseInt(arguments.get(1));
                    engine.later(() -> flood(pieces));
                }
                case "sleep" -> {
                    // Until somebody ends it.
                }
                default ->
                    throw fault("exec: \"" + arguments.getFirst() + "\": executable file not found in $PATH: unknown");
            }
        }

        @Override
        public void write(byte[] bytes) {
            if (command.terminal() && bytes.length > 0 && bytes[0] == CONTROL_C) {
                exit(130);
            } else if (command.arguments().getFirst().equals("cat")) {
                engine.soon(() -> {
                    if (!over) {
                        sink.output(false, bytes);
                    }
                });
            }
        }

        @Override
        public void closeInput() {
            if (command.arguments().getFirst().equals("cat")) {
                exit(0);
            }
        }

        @Override
        public void resize(Size size) {
            if (command.arguments().getFirst().equals("size")) {
                print(false, size.rows() + " " + size.columns() + "\n");
            }
        }

        @Override
        public void close() {
            over = true;
        }

        /** One piece after the other, so that what is held between two of them is not all of it. */
        private void flood(int pieces) {
            if (pieces == 0) {
                exit(0);
                return;
            }
            print(false, "x".repeat(16 << 10));
            engine.soon(() -> flood(pieces - 1));
        }

        private void print(boolean stderr, String text) {
            engine.soon(() -> {
                if (!over) {
                    sink.output(stderr && !command.terminal(), text.getBytes(StandardCharsets.UTF_8));
                }
            });
        }

        private void exit(int code) {
            engine.soon(() -> {
                if (!over) {
                    over = true;
                    sink.exited(code);
                }
            });
        }
    }
}
