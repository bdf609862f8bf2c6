"""What people and programs ask of the file models."""
