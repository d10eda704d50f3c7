"""What ``d2lbook`` checks without building: rules, each a function in a small file."""
