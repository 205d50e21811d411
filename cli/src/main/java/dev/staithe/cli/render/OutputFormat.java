package dev.staithe.cli.render;

/** The forms in which a result can be printed, as {@code --output} names them. */
public enum OutputFormat {
    /** For people. */
    table,
    /** The API's message in protobuf's JSON form. */
    json,
    /** The same, as YAML. */
    yaml,
    /** Names only, one a line. */
    name;
}
