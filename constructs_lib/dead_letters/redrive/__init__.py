"""Dead letters are given again to what could not process them."""
