/**
 * Ready sandboxes: networks made before the tasks that will use them. Start reading at
 * {@link dev.staithe.agent.sandbox.SandboxPool}; {@link dev.staithe.agent.sandbox.SandboxPlanner} decides, and is pure.
 */
@NullMarked
package dev.staithe.agent.sandbox;

import org.jspecify.annotations.NullMarked;
