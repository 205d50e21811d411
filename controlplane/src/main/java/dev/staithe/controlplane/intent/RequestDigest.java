package dev.staithe.controlplane.intent;

import com.google.protobuf.Message;
import dev.staithe.runtime.Ids;
import java.util.HexFormat;

/** What tells a request from another one that came with the same client token. */
final class RequestDigest {
    private RequestDigest() {}

    static long of(Message request) {
        String bytes = HexFormat.of().formatHex(request.toByteArray());
        return HexFormat.fromHexDigitsToLong(Ids.derived(bytes), 0, 16);
    }
}
