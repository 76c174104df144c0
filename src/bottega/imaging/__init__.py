"""Pictures: read foreign bytes safely, colour, measures, edits, encoding with provenance. Knows no service.

Import the module that is needed; this package itself loads nothing.
"""
