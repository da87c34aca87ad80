"""The product: channels, messages and what people do with them."""
