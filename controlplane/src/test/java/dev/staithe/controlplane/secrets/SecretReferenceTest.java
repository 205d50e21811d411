package dev.staithe.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretReferenceTest {
    private static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";

    @ParameterizedTest
    @CsvSource({
        "db/password, db/password, ''",
        "/prod/db.password_1-x, /prod/db.password_1-x, ''",
        "db:user, db, user",
        ARN + "db, db, ''",
        ARN + "db:user::, db, user",
        ARN + "db:user, db, user",
        ARN + "db:::, db, ''",
    })
    void readsTheFormsOfEcs(String text, String name, String key) {
        assertThat(SecretReference.parse(text)).contains(new SecretReference(name, key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "db:",
                "db:a:b",
                "d b",
                "db\n",
                ARN,
                ARN + "db:user:AWSPREVIOUS:",
                ARN + "db:user::0123",
                "arn:aws:ssm:eu-central-1:123456789012:parameter/db"
            })
    void refusesOthers(String text) {
        assertThat(SecretReference.parse(text)).isEmpty();
    }

    @Test
    void takesAMemberOfAJsonObject() throws UnreadableSecretException {
        ByteString json =
                ByteString.copyFromUtf8("{\"user\":\"anna\",\"port\":5432,\"tls\":{\"on\":true},\"no\":null}");

        assertThat(member("user", json)).isEqualTo("anna");
        assertThat(member("port", json)).isEqualTo("5432");
        assertThat(member("tls", json)).isEqualTo("{\"on\":true}");
        assertThatThrownBy(() -> member("no", json)).hasMessage("secret db: has no key no");
        assertThatThrownBy(() -> member("pass", json)).hasMessage("secret db: has no key pass");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hush hush", "[\"hush\"]", "{\"hush\":", "\"hush\"", ""})
    void whatIsNoJsonObjectIsNotQuoted(String value) {
        assertThatThrownBy(() -> member("user", ByteString.copyFromUtf8(value)))
                .hasMessage("secret db: is no JSON object, and the key user of it is asked for")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "web, web",
        "arn:aws:iam::123456789012:role/web, web",
        "arn:aws:iam::123456789012:role/service-role/web, web",
    })
    void readsTheFormsOfRoles(String text, String name) {
        assertThat(RoleName.parse(text)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "arn:aws:iam::1:role/", "arn:aws:iam::1:user/web", "web\n"})
    void refusesWhatNamesNoRole(String text) {
        assertThat(RoleName.parse(text)).isEmpty();
    }

    private static String member(String key, ByteString value) throws UnreadableSecretException {
        return new SecretReference("db", key).of(value).toStringUtf8();
    }
}
