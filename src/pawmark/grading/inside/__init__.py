"""What runs inside the sandbox, beside student code, and may be taken over by it."""
