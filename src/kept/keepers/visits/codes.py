"""The errors of this keeper."""

from kept._kit.errors import code

NO_SOCKET = code(
    "N001",
    "The visits collector cannot listen",
    do="stop the other collector of this project, or shorten the path of its data root",
)
ODD_MESSAGE = code(
    "N002", "A message to the visits collector is malformed", do="update all workers"
)
