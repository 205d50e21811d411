package dev.staithe.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "attributes",
        description = "What placement constraints and strategies can ask of hosts: NAME=VALUE.",
        subcommands = {InstanceAttributesList.class, InstanceAttributesSet.class, InstanceAttributesDelete.class},
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance attributes list", "  staithe instance attributes set host-a stack=prod"})
final class InstanceAttributes {}
