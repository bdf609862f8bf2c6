"""Commands on what is delivered to others."""
