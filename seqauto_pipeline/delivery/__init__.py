"""What receivers outside are told of the models: once, in order, and where it stands."""
