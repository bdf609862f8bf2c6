"""What run folders' names, RunInfo.xml and RunParameters.xml say of a sequencing run."""
