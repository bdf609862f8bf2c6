"""Commands about sequencing runs, their files and messages."""
