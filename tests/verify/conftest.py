"""The certificate of tests/achievements."""

from tests.achievements.conftest import paper as paper
