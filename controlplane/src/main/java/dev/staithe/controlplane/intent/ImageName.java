package dev.staithe.controlplane.intent;

import java.util.regex.Pattern;

/** The syntax of image names: {@code [HOST[:PORT]/]PATH[:TAG][@DIGEST]}, as container engines read them. */
final class ImageName {
    static final String EXPECTED = "[HOST[:PORT]/]NAME[:TAG][@DIGEST], the NAME in lower case";

    private static final int LONGEST_NAME = 255;
    private static final Pattern HOST = Pattern.compile(
            "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
                    + "|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("[A-Za-z][A-Za-z0-9+._-]{0,30}:[0-9a-fA-F]{32,128}");

    private ImageName() {}

    static boolean valid(String image) {
        String name = image;
        int at = name.indexOf('@');
        if (at >= 0) {
            if (!DIGEST.matcher(name.substring(at + 1)).matches()) {
                return false;
            }
            name = name.substring(0, at);
        }
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf('/')) {
            if (!TAG.matcher(name.substring(colon + 1)).matches()) {
                return false;
            }
            name = name.substring(0, colon);
        }
        return name.length() <= LONGEST_NAME && validName(name);
    }

    private static boolean validName(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        if (host && !HOST.matcher(first).matches()) {
            return false;
        }
        for (String component : (host ? name.substring(slash + 1) : name).split("/", -1)) {
            if (!COMPONENT.matcher(component).matches()) {
                return false;
            }
        }
        return true;
    }
}
