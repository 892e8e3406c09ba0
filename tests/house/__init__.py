"""The house: its layers, its files, its words."""
