package dev.staithe.cli.command;

import dev.staithe.proto.v1.TerminalSize;
import java.io.IOException;
import java.util.function.Consumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * The terminal that the user sits at, while it stands for one in a container: every key goes there, also Ctrl-C. As it was
 * before when this is closed, and when the process is ended by a signal.
 */
final class LocalTerminal implements AutoCloseable {
    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;

    private final Terminal terminal;
    private final Attributes before;

    private LocalTerminal(Terminal terminal) {
        this.terminal = terminal;
        before = terminal.getAttributes();
    }

    /** The process's own terminal; nothing is changed yet. */
    static LocalTerminal open() throws IOException {
        // Its way out when the process ends early is a hook of its own.
        return new LocalTerminal(TerminalBuilder.builder()
                .system(true)
                .dumb(false)
                .paused(true)
                // Asks the terminal by its input, and would take what the user typed ahead for the answer.
                .graphemeCluster(false)
                .nativeSignals(true)
                .build());
    }

    TerminalSize size() {
        Size size = terminal.getSize();
        return TerminalSize.newBuilder()
                .setColumns(size.getColumns() > 0 ? size.getColumns() : USUAL_COLUMNS)
                .setRows(size.getRows() > 0 ? size.getRows() : USUAL_ROWS)
                .build();
    }

    /** From now on keys are handed on as they are typed, and nothing is made of them here. */
    void raw() {
        Attributes raw = new Attributes(before);
        raw.setLocalFlag(LocalFlag.ICANON, false);
        raw.setLocalFlag(LocalFlag.ECHO, false);
        raw.setLocalFlag(LocalFlag.ISIG, false);
        raw.setLocalFlag(LocalFlag.IEXTEN, false);
        raw.setInputFlag(InputFlag.IXON, false);
        raw.setInputFlag(InputFlag.ICRNL, false);
        raw.setInputFlag(InputFlag.INLCR, false);
        raw.setInputFlag(InputFlag.IGNCR, false);
        raw.setInputFlag(InputFlag.ISTRIP, false);
        raw.setInputFlag(InputFlag.BRKINT, false);
        raw.setOutputFlag(OutputFlag.OPOST, false);
        raw.setControlChar(ControlChar.VMIN, 1);
        raw.setControlChar(ControlChar.VTIME, 0);
        terminal.setAttributes(raw);
    }

    /** Tells of every new size, on a thread of its own. */
    void resized(Consumer<TerminalSize> then) {
        terminal.handle(Terminal.Signal.WINCH, signal -> then.accept(size()));
    }

    @Override
    public void close() throws IOException {
        terminal.setAttributes(before);
        terminal.close();
    }
}
