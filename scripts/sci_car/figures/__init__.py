"""Figure 2 and S3."""
