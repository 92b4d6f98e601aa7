"""Fault tests: break one part of a running Surelist at a time, under load.

A fault raises AssertionError if a promise is broken, and otherwise returns its row of the table.
`python -m bench.faults` runs them long, backend/tests/product/test_faults.py short.
"""
