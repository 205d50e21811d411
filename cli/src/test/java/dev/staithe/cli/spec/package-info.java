@NullMarked
package dev.staithe.cli.spec;

import org.jspecify.annotations.NullMarked;
