package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What registries and the engine say, and what it means. The words are those of Engine 20.10 to 26. */
final class PullRefusalTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "manifest for shop:9 not found: manifest unknown: manifest unknown | MISSING | false",
                "pull access denied for shop, repository does not exist or may require 'docker login' | NOT_ALLOWED | false",
                "unauthorized: authentication required | NOT_ALLOWED | false",
                "Head \"http://r.example/v2/shop/manifests/1\": no basic auth credentials | NOT_ALLOWED | false",
                "toomanyrequests: You have reached your pull rate limit. | BUSY | true",
                "dial tcp: lookup r.example on 10.0.0.2:53: no such host | UNREACHABLE | true",
                "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused | UNREACHABLE | true",
                "net/http: request canceled (Client.Timeout exceeded while awaiting headers) | UNREACHABLE | true",
                "received unexpected HTTP status: 503 Service Unavailable | OTHER | true",
                "x509: certificate signed by unknown authority | NOT_TRUSTED | false",
                "http: server gave HTTP response to HTTPS client | NOT_TRUSTED | false",
                "no matching manifest for linux/amd64 in the manifest list entries | WRONG_PLATFORM | false",
                "write /var/lib/docker/tmp/GetImageBlob1: no space left on device | NO_SPACE | true",
                "invalid reference format: repository name must be lowercase | MALFORMED | false",
                "manifest for shop@sha256:4290429 not found: manifest unknown | MISSING | false"
            })
    void isUnderstood(String words, PullRefusal refusal, boolean retriable) {
        assertThat(PullRefusal.of(words)).isEqualTo(refusal);
        assertThat(PullRefusal.of(words).retriable()).isEqualTo(retriable);
    }

    @Test
    void namesTheImageTheWordsAndWhatToDo() {
        ContainerFault fault = PullRefusal.fault("r.example:5000/shop:1", "denied", "", null);

        assertThat(fault.reason())
                .isEqualTo("CannotPullContainerError: r.example:5000/shop:1: denied. To do: check the image's name, and"
                        + " name credentials for r.example:5000 in repositoryCredentials, or log this host in: docker"
                        + " login r.example:5000");
    }
}
