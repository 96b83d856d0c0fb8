"""The full run, rehearsed: the publishers' files at their own sizes with a planted truth, served on this machine."""
