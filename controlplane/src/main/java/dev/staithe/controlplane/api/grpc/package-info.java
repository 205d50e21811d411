/**
 * The edge of the native API: protocol only. Requests go to {@code intent}, answers come from {@code state}; what is refused
 * becomes a status with machine-readable details. Start reading at {@link dev.staithe.controlplane.api.grpc.ApiServices}.
 */
@NullMarked
package dev.staithe.controlplane.api.grpc;

import org.jspecify.annotations.NullMarked;
