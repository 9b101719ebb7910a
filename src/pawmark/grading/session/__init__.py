"""One live process of a student, seen from outside."""
