"""HTTP, and AWS's protocols on it: from bytes to calls, checked against AWS's service models, and back."""
