"""What came of a submission."""
