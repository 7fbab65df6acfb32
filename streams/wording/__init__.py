"""The words that people are sent: phrases by language, number and date forms, and texts of others made inert."""
