"""The walls around student code, and the choice between them."""
