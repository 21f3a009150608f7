"""The pages by which people connect accounts of their own."""
