"""What happens to a running Surelist when something breaks: each fault by itself, under load.

A fault raises AssertionError when what is promised does not hold, and returns its row of the table
otherwise. `python -m bench.faults` runs them long, backend/tests/product/test_faults.py short.
"""
