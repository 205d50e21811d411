@NullMarked
package dev.staithe.cli.rollout;

import org.jspecify.annotations.NullMarked;
