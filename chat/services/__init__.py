"""What people do. Each function is one act: checked, atomic, and announced by itself."""
