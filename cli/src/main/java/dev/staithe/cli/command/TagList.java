package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the tags of one thing.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe tag list service/web", "  staithe tag list task/web/1 -o json"})
final class TagList implements Verb {
    @Mixin
    TaggedResource resource = new TaggedResource();

    @Override
    public ExitCode run(Session session) {
        return resource.show(session);
    }
}
