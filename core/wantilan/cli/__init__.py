"""The `wantilan` command."""


def main() -> None: ...
