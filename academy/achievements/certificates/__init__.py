"""Certificates: designs, papers, issuing."""
