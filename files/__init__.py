"""Files: whose they are, what is in them, and where their bytes lie. Not who may see them."""
