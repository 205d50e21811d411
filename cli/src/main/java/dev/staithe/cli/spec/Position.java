package dev.staithe.cli.spec;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Where something stands in a file; line and column count from 1. */
record Position(int line, int column) {
    static Position of(Optional<Mark> mark) {
        return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(new Position(1, 1));
    }

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
