"""Marks: what an official text does (holds, apologises, refuses), and what a customer's text says of being answered."""
