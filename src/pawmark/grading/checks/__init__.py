"""Hidden checks, which ask from outside."""
