package dev.staithe.cli.render;

import com.google.protobuf.Message;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Prints the result of a command in the form that the user asked for. */
public record Output(OutputFormat format, PrintStream out) {
    /**
     * Prints one result.
     *
     * @param message the API's message, for JSON and YAML
     * @param names what the result is called, for {@code -o name}
     * @param people the text for people; may be several lines
     */
    public void show(Message message, List<String> names, Supplier<String> people) {
        switch (format) {
            case table -> print(people.get());
            case json -> print(Json.json(message));
            case yaml -> print(Json.yaml(message));
            case name -> names.forEach(out::println);
        }
    }

    /** Prints one of many results that come one after the other: in JSON, one on each line. */
    public void showLine(Message message, String name, Supplier<String> people) {
        switch (format) {
            case table -> out.println(people.get());
            case json -> out.println(Json.line(message));
            case yaml -> out.print("---\n" + Json.yaml(message));
            case name -> out.println(name);
        }
    }

    /** Prints one result that is no message of the API: maps, lists, text, numbers and truth values. */
    public void show(Map<String, ?> values, List<String> names, Supplier<String> people) {
        String json = format == OutputFormat.json || format == OutputFormat.yaml ? Json.of(values) : "";
        switch (format) {
            case table -> print(people.get());
            case json -> print(json);
            case yaml -> print(Json.yaml(json));
            case name -> names.forEach(out::println);
        }
    }

    /** Whether the result is for people, so that notes may stand beside it. */
    public boolean forPeople() {
        return format == OutputFormat.table;
    }

    private void print(String text) {
        if (!text.isEmpty()) {
            out.println(text.stripTrailing());
        }
    }
}
