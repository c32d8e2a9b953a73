"""Settings for every test: no hypothesis deadline, since a loaded machine is not a bug."""

from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.load_profile("default")
