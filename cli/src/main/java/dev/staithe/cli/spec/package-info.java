/**
 * Reads what users wrote in JSON or YAML into the API's messages. Start reading at
 * {@link dev.staithe.cli.spec.SpecFile}.
 */
@NullMarked
package dev.staithe.cli.spec;

import org.jspecify.annotations.NullMarked;
