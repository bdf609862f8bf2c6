"""What the names and XML files of run folders say of a sequencing run."""
