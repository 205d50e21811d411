package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "role",
        description = "Roles: named credentials, which tasks that name one in taskRoleArn get for their requests.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe role set uploader --access-key-id AKIA...", "  staithe role list"})
final class RoleNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(new RoleSet(), new RoleList(), new RoleDelete());
    }
}
