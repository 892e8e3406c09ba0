"""What can be wrong with a request."""

from kept._kit.errors import code

UNKNOWN = code(
    "R001", "There is no such right", do="use one of those that `kept request ask --help` lists"
)
NO_ADDRESS = code(
    "R002", "A request names nobody", do="give an address, or the subject of a signed-in account"
)
NO_BASE = code(
    "R003",
    "It is not known where the site is, so no link to it can be written",
    do="add `url` to [policy], or give the address (`--base`)",
)
TWO_PEOPLE = code(
    "R004", "Deleting for several people takes two operators", do="have another operator approve it"
)
NO_MOVE = code("R005", "A request cannot go from its state to that one", do="look at its state")
ALREADY = code("R006", "It was decided before", do="look at the request again")
