"""The browsers of tests/practice."""

from tests.practice.conftest import apart as apart
