"""What settings and layouts share: lines of TOML files, and complaints in plain words."""
