/**
 * What is secret: how it is encrypted, how it is named, and who is told. Start reading at
 * {@link dev.staithe.controlplane.secrets.SecretKeys}, the keys, and {@link dev.staithe.controlplane.secrets.Disclosures}, which
 * answers agents. {@code intent} writes what is stored.
 */
@NullMarked
package dev.staithe.controlplane.secrets;

import org.jspecify.annotations.NullMarked;
