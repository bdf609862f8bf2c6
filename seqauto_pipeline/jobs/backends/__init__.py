"""Where jobs run: on this machine, or by a scheduler of a cluster."""
