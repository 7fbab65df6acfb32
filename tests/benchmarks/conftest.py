"""What is not looked through for examples: engines that only an environment with the extra `bench` has."""

collect_ignore = ["engines/quix.py", "engines/wax.py"]
