"""Refuse a Python that is too old, in words that any Python understands."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Kept needs Python 3.11 or newer; `%s` is %d.%d. Choose another: make PYTHON=python3.11 …"
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )
