"""What several parts run beside Schema."""
