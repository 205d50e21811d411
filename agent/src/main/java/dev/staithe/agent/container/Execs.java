package dev.staithe.agent.container;

import java.util.List;
import java.util.Optional;

/** Runs commands in containers that run, beside what the container itself runs. */
public interface Execs {
    /**
     * Starts the command, and returns once its process runs. Blocks, with a deadline.
     *
     * @param id the engine's id of the container
     * @param sink is told what becomes of it, from now on until {@link Running#close}
     * @throws ContainerFault when the container does not run, or the command cannot be started in it
     */
    Running start(String id, Command command, Sink sink) throws ContainerFault;

    /**
     * What is run.
     *
     * @param arguments the program and its arguments; no shell is asked
     * @param terminal whether it has a pseudo-terminal: its output is one stream then
     * @param input whether it has a standard input; without it reads the end at once
     * @param size of the terminal; empty = the engine's own
     */
    record Command(List<String> arguments, boolean terminal, boolean input, Optional<Size> size) {
        public Command {
            arguments = List.copyOf(arguments);
        }
    }

    /** Of a terminal. */
    record Size(int columns, int rows) {}

    /** A command that runs. Calls block until the engine has answered. */
    interface Running extends AutoCloseable {
        /** Hands bytes to its standard input. Returns when the engine has taken them, however long the command lets it wait. */
        void write(byte[] bytes) throws ContainerFault;

        /** Nothing more comes: it reads the end of its standard input. */
        void closeInput() throws ContainerFault;

        void resize(Size size) throws ContainerFault;

        /**
         * Nobody waits for it any more. The sink hears nothing more. What still runs of the command is hung up on, and killed
         * when that does not end it. Returns at once; once it has ended nothing happens.
         */
        @Override
        void close();
    }

    /** Where the output goes. Called on a thread of the runtime's, one call at a time; it may block, and holds the command then. */
    interface Sink {
        void output(boolean stderr, byte[] bytes);

        /** The last call: the command has ended, and all its output was handed over. */
        void exited(int code);

        /** The last call instead: what became of the command is not known. */
        void failed(ContainerFault fault);
    }
}
