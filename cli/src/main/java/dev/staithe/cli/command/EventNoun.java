package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "event",
        description = "Events: what happens in a cluster, as it happens.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe event watch", "  staithe event watch --type task --service web -o json"})
final class EventNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(new EventWatch());
    }
}
