"""Meetings with others about a child (MDO). Nothing is built here yet."""
