"""HTTP and AWS's protocols: from bytes to calls and back, checked against AWS's service models."""
