"""What measures the core against the released package, and the readers and parts at the paper's sizes."""
