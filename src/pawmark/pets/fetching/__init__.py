"""The real photographs: downloaded, checked and unpacked."""
