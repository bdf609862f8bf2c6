"""The heart: from the disks to the models. Begin with ``steps``, which has the steps in order."""
