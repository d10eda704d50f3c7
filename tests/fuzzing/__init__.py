"""Any text in, none but our own errors out: properties, inputs for them, and a runner.

    python -m tests.fuzzing            for FUZZ_SECONDS (60), from FUZZ_SEED or a random seed
    python -m tests.fuzzing FILE…      once more with the inputs that were found

Where Atheris is installed it looks for inputs that reach new code; elsewhere
Hypothesis draws many.
"""
