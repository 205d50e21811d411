@NullMarked
package dev.staithe.cli.render;

import org.jspecify.annotations.NullMarked;
