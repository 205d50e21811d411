/** Tests of the rules for requests and of how intent is written. */
@NullMarked
package dev.staithe.controlplane.intent;

import org.jspecify.annotations.NullMarked;
