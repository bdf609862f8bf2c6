"""Sample sheets: bytes to samples, and the rules that judge them."""
