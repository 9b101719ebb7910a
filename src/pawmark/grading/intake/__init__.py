"""From what was handed in, hostile files, to a mended notebook."""
