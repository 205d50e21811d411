package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.PlacementExplanation;

/** That tasks of a service wait for a place, and why, host by host. */
public record Waiting(String cluster, String serviceUid, PlacementExplanation explanation) {}
