"""Under fire: a whole site, many people at once, processes killed; afterwards nothing is lost."""
