package dev.staithe.agent.container.docker;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The image of a sandbox: one static program that waits for ever. The agent brings it along, because there need be no registry
 * to fetch it from, and an image of its own never changes under it.
 *
 * <p>The program is two system calls long. It asks the kernel to reap its children, because it is PID 1 for who shares its
 * process ids, and waits. It handles no signal: PID 1 ignores SIGTERM, so its stop signal is SIGKILL.
 *
 * @param tag {@code staithe/pause:HASH}, of what is in it
 * @param archive what the engine loads: a tar as {@code docker save} writes it
 */
record PauseImage(String tag, ByteString archive) {
    /**
     * <pre>
     *        mov  eax, 13            ; rt_sigaction(SIGCHLD, &act, NULL, 8)
     *        mov  edi, 17
     *        lea  rsi, [rip+act]
     *        xor  edx, edx
     *        mov  r10d, 8
     *        syscall
     *     1: mov  eax, 34            ; pause()
     *        syscall
     *        jmp  1b
     *   act: .quad 1, 0, 0, 0        ; SIG_IGN, no flags, no mask
     * </pre>
     */
    private static final String X86_64 = "b80d000000bf11000000488d351300000031d241ba080000000f05"
            + "b8220000000f05ebf7"
            + "0100000000000000000000000000000000000000000000000000000000000000";

    /**
     * <pre>
     *        mov  x0, #17            // rt_sigaction(SIGCHLD, &act, NULL, 8)
     *        adr  x1, act
     *        mov  x2, #0
     *        mov  x3, #8
     *        mov  x8, #134
     *        svc  #0
     *     1: mov  x0, #0             // ppoll(NULL, 0, NULL, NULL): there is no pause() here
     *        mov  x1, #0
     *        mov  x2, #0
     *        mov  x3, #0
     *        mov  x4, #0
     *        mov  x8, #73
     *        svc  #0
     *        b    1b
     *   act: .quad 1, 0, 0, 0        // SIG_IGN, no flags, no mask
     * </pre>
     */
    private static final String AARCH64 = "200280d2a1010010020080d2030180d2c81080d2010000d4"
            + "000080d2010080d2020080d2030080d2040080d2280980d2010000d4f9ffff17"
            + "0100000000000000000000000000000000000000000000000000000000000000";

    private static final int ELF_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final long ADDRESS = 0x400000;
    private static final int BLOCK = 512;
    private static final int TAG_BYTES = 8;

    /** The image for hosts of that architecture, as the kernel names it; empty where there is none. */
    static Optional<PauseImage> of(String architecture) {
        return switch (architecture) {
            case "x86_64", "amd64" ->
                Optional.of(of("amd64", elf(62, HexFormat.of().parseHex(X86_64))));
            case "aarch64", "arm64" ->
                Optional.of(of("arm64", elf(183, HexFormat.of().parseHex(AARCH64))));
            default -> Optional.empty();
        };
    }

    private static PauseImage of(String architecture, byte[] program) {
        byte[] layer = tar(new Entry("pause", 0755, ByteString.copyFrom(program)));
        byte[] config = ("{\"architecture\":\"" + architecture + "\",\"os\":\"linux\","
                        + "\"config\":{\"Entrypoint\":[\"/pause\"],\"StopSignal\":\"SIGKILL\","
                        + "\"Labels\":{\"dev.staithe.image\":\"pause\"}},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + sha256(layer) + "\"]}}")
                .getBytes(StandardCharsets.US_ASCII);
        String id = sha256(config);
        String tag = "staithe/pause:" + id.substring(0, 2 * TAG_BYTES);
        String manifest =
                "[{\"Config\":\"" + id + ".json\",\"RepoTags\":[\"" + tag + "\"],\"Layers\":[\"layer.tar\"]}]";
        return new PauseImage(
                tag,
                ByteString.copyFrom(tar(
                        new Entry(id + ".json", 0644, ByteString.copyFrom(config)),
                        new Entry("layer.tar", 0644, ByteString.copyFrom(layer)),
                        new Entry("manifest.json", 0644, ByteString.copyFromUtf8(manifest)))));
    }

    /** A 64-bit ELF file of one segment, which is the file as a whole: headers, code, data. */
    private static byte[] elf(int machine, byte[] code) {
        int size = ELF_HEADER + PROGRAM_HEADER + code.length;
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        file.putShort((short) 2).putShort((short) machine).putInt(1); // an executable, of this machine, version 1
        file.putLong(ADDRESS + ELF_HEADER + PROGRAM_HEADER).putLong(ELF_HEADER).putLong(0); // entry, headers: where
        file.putInt(0)
                .putShort((short) ELF_HEADER)
                .putShort((short) PROGRAM_HEADER)
                .putShort((short) 1);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0); // no sections
        file.putInt(1).putInt(5).putLong(0).putLong(ADDRESS).putLong(ADDRESS); // loaded, read and executed
        file.putLong(size).putLong(size).putLong(0x1000);
        return file.put(code).array();
    }

    private record Entry(String name, int mode, ByteString content) {}

    /** A tar in the form of 1988, with neither owners nor times: the same files make the same bytes. */
    private static byte[] tar(Entry... entries) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            ByteBuffer header = ByteBuffer.allocate(BLOCK);
            put(header, 0, entry.name());
            put(header, 100, "%07o".formatted(entry.mode()));
            put(header, 108, "0000000");
            put(header, 116, "0000000");
            put(header, 124, "%011o".formatted(entry.content().size()));
            put(header, 136, "00000000000");
            put(header, 148, "        ");
            put(header, 156, "0");
            put(header, 257, "ustar");
            put(header, 263, "00");
            int sum = 0;
            for (byte each : header.array()) {
                sum += each & 0xff;
            }
            put(header, 148, "%06o".formatted(sum));
            header.put(154, (byte) 0);
            tar.writeBytes(header.array());
            tar.writeBytes(entry.content().toByteArray());
            tar.writeBytes(new byte[Math.floorMod(-entry.content().size(), BLOCK)]);
        }
        tar.writeBytes(new byte[2 * BLOCK]);
        return tar.toByteArray();
    }

    private static void put(ByteBuffer header, int at, String text) {
        header.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
