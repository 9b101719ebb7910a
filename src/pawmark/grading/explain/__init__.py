"""Why points were lost: what was asked, what came, what was expected; for the student's dispute."""
