"""Drawings of cats and dogs in their surroundings, with trimaps."""

from .scene import Scene, draw_scene

__all__ = ["Scene", "draw_scene"]
