"""Cannot be imported."""

raise RuntimeError("the scale is not connected\nits port is secret")
