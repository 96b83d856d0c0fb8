"""What only maintainers run: golden results, the lock, the documentation, the rule graph."""
