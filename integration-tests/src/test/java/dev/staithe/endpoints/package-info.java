/** The endpoints of a host, asked by clients that were written for ECS. */
@NullMarked
package dev.staithe.endpoints;

import org.jspecify.annotations.NullMarked;
