"""The command `kept`, through its words and its processes."""
