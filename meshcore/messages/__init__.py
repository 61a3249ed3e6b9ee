"""The messages of the Mesh-Sync workers as typed models."""
