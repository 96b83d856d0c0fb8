"""The methods that place cells, one script each, with one way in and one format out; ``table`` lists them."""
