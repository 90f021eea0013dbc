"""All tests share the fixtures that program authors get."""

pytest_plugins = ["wantilan.testing.plugin"]
