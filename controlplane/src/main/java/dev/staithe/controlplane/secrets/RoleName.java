package dev.staithe.controlplane.secrets;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A role as taskRoleArn names it: its name, or in the shape of IAM, {@code arn:aws:iam::ACCOUNT:role/PATH/NAME}. */
public final class RoleName {
    public static final String EXPECTED_NAME = "1-64 of A-Z a-z 0-9 _ + = , . @ -";
    public static final String EXPECTED =
            "the name of a role (" + EXPECTED_NAME + ") or arn:aws:iam::ACCOUNT:role/NAME";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]{1,64}");
    private static final Pattern ARN = Pattern.compile("arn:[a-z-]*:iam::[0-9]*:role/(?:[^:]*/)?([^/:]*)");

    private RoleName() {}

    /** Whether a role may have that name. */
    public static boolean valid(String name) {
        return NAME.matcher(name).matches();
    }

    /** The name of the role; empty when the text names none. */
    public static Optional<String> parse(String text) {
        Matcher arn = ARN.matcher(text);
        return Optional.of(arn.matches() ? arn.group(1) : text).filter(RoleName::valid);
    }
}
