package dev.staithe.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a list that the control plane hands out in pages to its end. */
final class Pages {
    private Pages() {}

    /**
     * All pages.
     *
     * @param page asks for the page that a token stands for; the empty token stands for the first
     * @param token the token of the page after this one; empty when it is the last
     */
    static <P> List<P> all(Function<String, P> page, Function<P, String> token) {
        List<P> pages = new ArrayList<>();
        String next = "";
        do {
            P got = page.apply(next);
            pages.add(got);
            next = token.apply(got);
        } while (!next.isEmpty());
        return pages;
    }
}
