"""Browsers that read English."""

from tests.practice.conftest import apart as apart
