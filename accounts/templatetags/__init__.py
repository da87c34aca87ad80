"""What templates of accounts may use."""
