"""What decides: online detectors with river's interface, the negativity model, the incident."""
