"""Lists a root where its disk is: a program of the standard library alone, for Python 3.9 or later.

Nothing else of this package is imported here, so that this directory can be carried to a storage
server that has nothing but Python. It knows no layout: a request says what to look at, and the
scan that reads the list judges what was found.
"""
