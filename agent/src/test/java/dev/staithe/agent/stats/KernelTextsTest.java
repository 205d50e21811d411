package dev.staithe.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.stats.KernelTexts.Groups;
import dev.staithe.agent.stats.KernelTexts.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts as kernels write them, of both versions of control groups. */
final class KernelTextsTest {
    private static final String ID = "4f5e2c0a9b1d";

    @Test
    void findsTheGroupsOfEachControllerInVersionOne() {
        String text = """
                13:misc:/docker/4f5e2c0a9b1d
                9:pids:/docker/4f5e2c0a9b1d
                8:blkio:/docker/4f5e2c0a9b1d
                4:cpu,cpuacct:/staithe/task/4f5e2c0a9b1d
                3:memory:/docker/4f5e2c0a9b1d
                1:name=systemd:/docker/4f5e2c0a9b1d
                0::/
                """;

        assertThat(KernelTexts.groups(text, ID))
                .contains(new Groups.Split(
                        "/staithe/task/4f5e2c0a9b1d",
                        "/docker/4f5e2c0a9b1d",
                        "/docker/4f5e2c0a9b1d",
                        "/docker/4f5e2c0a9b1d"));
    }

    @Test
    void findsTheOneGroupOfVersionTwo() {
        assertThat(KernelTexts.groups("0::/system.slice/docker-4f5e2c0a9b1d.scope\n", ID))
                .contains(new Groups.Unified("/system.slice/docker-4f5e2c0a9b1d.scope"));
    }

    @Test
    void aProcessThatGotTheNumberSinceIsNotTheContainer() {
        assertThat(KernelTexts.groups("0::/user.slice/session-1.scope\n", ID)).isEmpty();
        assertThat(KernelTexts.groups("4:cpu,cpuacct:/\n3:memory:/\n0::/\n", ID))
                .isEmpty();
        assertThat(KernelTexts.groups("", ID)).isEmpty();
    }

    @Test
    void aPathOutOfAnotherNamespaceLeadsNowhere() {
        assertThat(KernelTexts.groups("0::/../docker-4f5e2c0a9b1d.scope\n", ID)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "max, 0",
        "'134217728\n', 134217728",
        "9223372036854771712, 0", // version 1: no limit, in whole pages of 4 KiB
        "9223372036854710272, 0", // of 64 KiB
        "nonsense, 0"
    })
    void readsLimits(String text, long expected) {
        assertThat(KernelTexts.limit(text)).isEqualTo(expected);
    }

    @Test
    void readsTheNumberBehindItsKeyAndNoOther() {
        String stat = "cache 8192\ninactive_file 1\ntotal_inactive_file 4096\ntotal_inactive_file_x 7\n";

        assertThat(KernelTexts.keyed(stat, "total_inactive_file")).isEqualTo(4096);
        assertThat(KernelTexts.keyed(stat, "inactive_file")).isEqualTo(1);
        assertThat(KernelTexts.keyed(stat, "absent")).isZero();
        assertThat(KernelTexts.keyed("usage_usec 2500000\nuser_usec 2000000\n", "usage_usec"))
                .isEqualTo(2_500_000);
    }

    @Test
    void addsUpDevicesAndCountsNoByteTwice() {
        String first = """
                8:0 Read 4096
                8:0 Write 512
                8:0 Sync 4608
                8:0 Async 0
                8:0 Total 4608
                253:0 Read 100
                Total 4708
                """;
        String second = """
                8:0 rbytes=4096 wbytes=512 rios=3 wios=1 dbytes=0 dios=0
                253:0 rbytes=100 wbytes=0 rios=1 wios=0 dbytes=0 dios=0
                """;

        assertThat(KernelTexts.blocksByOperation(first)).isEqualTo(new Pair(4196, 512));
        assertThat(KernelTexts.blocksByDevice(second)).isEqualTo(new Pair(4196, 512));
        assertThat(KernelTexts.blocksByOperation("Total 0\n")).isEqualTo(Pair.NONE);
        assertThat(KernelTexts.blocksByDevice("")).isEqualTo(Pair.NONE);
    }

    @Test
    void addsUpEveryNetworkDeviceButTheLoopback() {
        String text = """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:     999       9    0    0    0     0          0         0      999       9    0    0    0     0       0          0
                  eth0:    1306      15    0    0    0     0          0         0      746       9    0    0    0     0       0          0
                  eth1:4000000000      15    0    0    0     0          0         0      4       9    0    0    0     0       0          0
                """;

        assertThat(KernelTexts.traffic(text)).isEqualTo(new Pair(4_000_001_306L, 750));
    }
}
