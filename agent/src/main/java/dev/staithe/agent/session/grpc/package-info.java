/**
 * The wire of the session: the only package of the agent that sees gRPC stubs. Start reading at {@link
 * dev.staithe.agent.session.grpc.GrpcDialer}.
 */
@NullMarked
package dev.staithe.agent.session.grpc;

import org.jspecify.annotations.NullMarked;
