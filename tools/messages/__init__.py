"""The texts of the product: found in the code, translated in `locale/`, finished in `build/`."""
