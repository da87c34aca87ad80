"""The contrast: a chat as one writes it after the tutorial, with the state in each process."""
