"""`python -m smarketing` is the command line."""

from smarketing.cli.main import main

if __name__ == "__main__":
    main()
