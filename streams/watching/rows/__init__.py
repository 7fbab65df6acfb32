"""The rows of the state store `watches`: what a brand's state is made of, written and read back."""
