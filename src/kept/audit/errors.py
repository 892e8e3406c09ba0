"""Why a site could not be checked. Every one of these ends `kept audit` with exit code 2."""

from kept._kit.errors import code

NO_PLAYWRIGHT = code(
    "B001",
    "Playwright is not installed",
    do="install it with `pip install 'kept[audit]'`",
)
NO_BROWSER = code(
    "B002",
    "No Chromium was found",
    do="install it (`apt install chromium`), or any of chromium-browser, google-chrome, "
    "so that it is on the PATH",
)
NO_START = code(
    "B003",
    "The browser did not start",
    do="start it by hand with `--headless` to see why",
)
NO_ANSWER = code(
    "B004",
    "The site's first page did not answer with a page",
    do="open the address in a browser on this machine",
)
NO_POLICY = code(
    "B005",
    "The policy file is no policy",
    do="mend what `kept policy check` says about it",
)
NO_ADDRESS = code(
    "B006",
    "That is no address of a site",
    do="write it whole, such as `https://www.example.org/`",
)
