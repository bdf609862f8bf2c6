"""The command line `seqauto`: one module per group of commands."""
