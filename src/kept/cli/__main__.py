"""`python -m kept.cli`: the command `kept`, for this very Python."""

from kept.cli import main

if __name__ == "__main__":
    main()
