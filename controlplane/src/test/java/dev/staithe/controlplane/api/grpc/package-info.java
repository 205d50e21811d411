/** Tests of the native API over a real wire, on what the world of the intent tests holds. */
@NullMarked
package dev.staithe.controlplane.api.grpc;

import org.jspecify.annotations.NullMarked;
