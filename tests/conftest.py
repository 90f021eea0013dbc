"""All tests share the fixtures that program authors get."""

from hypothesis import settings

pytest_plugins = ["wantilan.testing.plugin"]

settings.register_profile("house", max_examples=40, deadline=None)
settings.load_profile("house")
