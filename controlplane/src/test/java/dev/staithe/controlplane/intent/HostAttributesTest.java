package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.HostAttributes.Wanted;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostAttributesTest {
    private final World world;

    HostAttributesTest() throws IntentException {
        world = World.withDefaultCluster();
        world.put(World.instance("1".repeat(32), "default", "host-a"));
        world.put(World.instance("2".repeat(32), "default", "host-b"));
    }

    private ContainerInstance host(int number) {
        return world.state().instance(Integer.toString(number).repeat(32)).orElseThrow();
    }

    private Wanted wanted(int host, String name, String value) {
        return new Wanted(host(host), name, value);
    }

    @Test
    void setsAttributesOfSeveralHostsInOneTransaction() throws IntentException {
        long before = world.state().revision();

        world.hostAttributes.put(List.of(wanted(1, "stack", "prod"), wanted(2, "stack", "test"), wanted(1, "ssd", "")));

        assertThat(world.state().revision()).isEqualTo(before + 1);
        assertThat(host(1).attributes()).containsEntry("stack", "prod").containsEntry("ssd", "");
        assertThat(host(2).attribute("stack")).isEqualTo("test");
    }

    @Test
    void setsAnAttributeInPlaceOfWhatItWas() throws IntentException {
        world.hostAttributes.put(List.of(wanted(1, "stack", "prod")));
        world.hostAttributes.put(List.of(wanted(1, "stack", "test")));

        assertThat(host(1).wish().attributes()).containsOnlyKeys("stack").containsEntry("stack", "test");
    }

    @Test
    void deletesAnAttributeThatHasTheValue() throws IntentException {
        world.hostAttributes.put(List.of(wanted(1, "stack", "prod"), wanted(1, "rack", "r1")));

        assertThat(refused(() -> world.hostAttributes.delete(List.of(wanted(1, "stack", "test")))))
                .hasMessage("attribute stack of container instance host-a is prod, not test");
        world.hostAttributes.delete(List.of(wanted(1, "stack", "prod"), wanted(1, "rack", "")));

        assertThat(host(1).wish().attributes()).isEmpty();
    }

    @Test
    void refusesToDeleteWhatIsNotThere() {
        IntentException refused = refused(() -> world.hostAttributes.delete(List.of(wanted(2, "stack", ""))));

        assertThat(refused.reason()).isEqualTo(Reason.ATTRIBUTE_NOT_FOUND);
        assertThat(refused).hasMessage("container instance host-b has no attribute stack");
    }

    @Test
    void givesAHostTenCustomAttributesAtMost() throws IntentException {
        List<Wanted> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add(wanted(1, "name" + i, "value"));
        }
        world.hostAttributes.put(ten);

        IntentException refused =
                refused(() -> world.hostAttributes.put(List.of(wanted(2, "eleventh", ""), wanted(1, "eleventh", ""))));

        assertThat(refused.reason()).isEqualTo(Reason.ATTRIBUTE_LIMIT_EXCEEDED);
        assertThat(refused)
                .hasMessage("AttributeLimitExceededException: container instance host-a would have 11 custom attributes"
                        + " (expected: at most 10; delete one that is not used)");
        assertThat(host(2).wish().attributes()).as("all or nothing").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',                    'x',   'attributes[0].name: empty (expected: 1-128 of A-Z a-z 0-9 _ . \\ / -)'
            'a b',                 'x',   'attributes[0].name: a b (expected: 1-128 of A-Z a-z 0-9 _ . \\ / -)'
            'ecs.os-type',         'x',   'attributes[0].name: ecs.os-type (expected: a name that does not begin with ecs. or com.amazonaws.)'
            'com.amazonaws.x',     'x',   'attributes[0].name: com.amazonaws.x (expected: a name that does not begin with ecs. or com.amazonaws.)'
            'stack',               ' x',  'attributes[0].value:  x (expected: 0-128 of A-Z a-z 0-9 _ . \\ / @ : - and spaces, none at the ends)'
            'stack',               'ä',   'attributes[0].value: ä (expected: 0-128 of A-Z a-z 0-9 _ . \\ / @ : - and spaces, none at the ends)'
            """)
    void refusesWhatAttributesMayNotBe(String name, String value, String message) {
        IntentException refused = refused(() -> world.hostAttributes.put(List.of(wanted(1, name, value))));

        assertThat(refused).hasMessage(message);
    }

    @Test
    void takesOneToTenAttributesInACall() {
        assertThat(refused(() -> world.hostAttributes.put(List.of())))
                .hasMessage("attributes: 0 attributes (expected: 1-10)");
    }

    private static IntentException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
