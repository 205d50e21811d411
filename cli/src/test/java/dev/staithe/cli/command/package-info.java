@NullMarked
package dev.staithe.cli.command;

import org.jspecify.annotations.NullMarked;
