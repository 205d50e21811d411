package dev.staithe.cli.spec;

import com.google.protobuf.Message;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message that a user wrote in a file, and where each of its fields stands there.
 *
 * @param file the name of the file, for messages
 */
public record Spec<M extends Message>(String file, M message, Map<String, Position> positions) {
    public Spec {
        positions = new TreeMap<>(positions);
    }

    /**
     * Where the field stands, as FILE:LINE:COLUMN; where the nearest field around it stands when the user did not write
     * it, and just FILE when there is none.
     *
     * @param path the path of the field in the JSON form, such as {@code containerDefinitions[0].memory}
     */
    public String locate(String path) {
        String searched = path;
        while (!searched.isEmpty()) {
            Position position = positions.get(searched);
            if (position != null) {
                return file + ":" + position;
            }
            int cut = Math.max(searched.lastIndexOf('.'), searched.lastIndexOf('['));
            searched = cut < 0 ? "" : searched.substring(0, cut);
        }
        return file;
    }
}
