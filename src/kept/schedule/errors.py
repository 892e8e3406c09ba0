"""Error codes of scheduled jobs."""

from kept._kit.errors import code

NAME = code("K010", "A scheduled job's name is not usable", do="a name once, of `a-z0-9.-`")
UNKNOWN = code("K011", "There is no such scheduled job", do="see `kept schedule list`")
BUSY = code("K012", "The job is running already", do="wait until it is done")
FAILED = code("K013", "A scheduled job failed", do="see what it told; it is tried again by itself")
