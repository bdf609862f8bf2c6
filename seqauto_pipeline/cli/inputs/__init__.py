"""Commands about layouts, sheets and metadata."""
