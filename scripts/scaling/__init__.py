"""Speed, memory and quality of the core against the released package, and how the core's cost grows with N."""
