package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "tag",
        description = "Tags: keys and values on clusters, services, tasks, hosts and task definitions.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe tag set service/web team=shop", "  staithe tag list container-instance/host-a"})
final class TagNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(new TagSet(), new TagDelete(), new TagList());
    }
}
