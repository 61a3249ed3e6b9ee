"""What can be measured about a mesh; ``technical`` gathers it all in one report."""
