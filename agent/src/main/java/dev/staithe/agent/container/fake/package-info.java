/**
 * A container engine in memory, in virtual time, for tests and for the simulator; no daemon uses it. Start reading at
 * {@link dev.staithe.agent.container.fake.FakeEngine}: the state of a host's engine, which outlives the agents that
 * {@link dev.staithe.agent.container.fake.FakeContainerRuntime} connects to it. The contract test that the real engine
 * passes too keeps it honest.
 */
@NullMarked
package dev.staithe.agent.container.fake;

import org.jspecify.annotations.NullMarked;
