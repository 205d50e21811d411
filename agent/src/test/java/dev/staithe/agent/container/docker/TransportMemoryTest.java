package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.zerodep.shaded.org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import com.github.dockerjava.zerodep.shaded.org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.junit.jupiter.api.Test;

/** What the transport of docker-java would keep in memory for cookies stays out of it. */
class TransportMemoryTest {
    @Test
    void theListOfPublicSuffixesIsTheShortOne() {
        PublicSuffixMatcher list = PublicSuffixMatcherLoader.getDefault();

        assertThat(list.getDomainRoot("shop.example.com")).isEqualTo("example.com");
        // In the full list co.uk is a suffix, and a shop below it a root of its own.
        assertThat(list.getDomainRoot("shop.example.co.uk")).isNotEqualTo("example.co.uk");
    }
}
