"""Layouts that ship with the package; a lab's own stand in files that the settings name."""
