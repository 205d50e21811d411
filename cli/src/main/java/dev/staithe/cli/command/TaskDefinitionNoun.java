package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "task-definition",
        aliases = "td",
        description = "Task definitions: families of immutable, numbered revisions.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition register -f web.json", "  staithe td describe web"})
final class TaskDefinitionNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(
                new TaskDefinitionRegister(),
                new TaskDefinitionList(),
                new TaskDefinitionFamilies(),
                new TaskDefinitionDescribe(),
                new TaskDefinitionDeregister());
    }
}
