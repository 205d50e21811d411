/**
 * What a user sees. Start reading at {@link dev.staithe.cli.render.Output} (results) and
 * {@link dev.staithe.cli.render.FailureReport} (why a deployment failed). Everything here turns values into text: it calls
 * nobody and reads no clock.
 */
@NullMarked
package dev.staithe.cli.render;

import org.jspecify.annotations.NullMarked;
