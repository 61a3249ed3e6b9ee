"""From request messages to completed messages: one file per request type."""
