"""Who you are: people, their tokens and their tickets."""
