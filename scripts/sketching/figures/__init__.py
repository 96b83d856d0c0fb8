"""What sketches do to Schema."""
