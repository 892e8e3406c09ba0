"""Error codes of moving a site's rows from SQLite to PostgreSQL."""

from kept._kit.errors import code

NOT_SQLITE = code(
    "V050", "The site's rows are in no SQLite file", do="nothing is to be moved; see DATABASES"
)
NOT_EMPTY = code(
    "V051",
    "The database that rows would move to is not empty",
    do="name an empty one, or make it anew: `dropdb NAME && createdb --encoding UTF8 NAME`",
)
UNUSABLE = code(
    "V052",
    "The database that rows would move to cannot be used",
    do="see that it runs, its address is right and its role may make tables",
)
UNREADY = code(
    "V053",
    "The SQLite database cannot be moved as it is",
    do="see the cause; nothing was changed in it",
)
NOT_MOVED = code(
    "V054",
    "The rows did not come as they are",
    do="no row was moved: correct the cause, make the database anew, run `kept move` again",
)
