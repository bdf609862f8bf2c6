"""What the tests of all pages that people see have in common."""

ZONE = "Australia/Adelaide"  # of the laboratory, and of the person who looks
