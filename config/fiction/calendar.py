"""The days of the fictional school: counted in school days from today, so that the story holds whenever it is told."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

# Name, the Saturday on or after (month, day) on which it begins, and how many days it lasts.
BREAKS = (
    ("Herfstvakantie", 10, 15, 9),
    ("Kerstvakantie", 12, 18, 16),
    ("Voorjaarsvakantie", 2, 15, 9),
    ("Meivakantie", 4, 22, 16),
    ("Zomervakantie", 7, 9, 44),  # always over the first of August
)


@dataclass(frozen=True)
class Calendar:
    """What lies how far from `today`. Days are named by their distance: `back(5)` is a school week ago."""

    today: date

    @property
    def year_begins(self):
        """The first of August before (or on) today."""
        return date(self.today.year - (self.today.month < 8), 8, 1)

    @property
    def last_year_begins(self):
        """The first of August a year before that."""
        return date(self.year_begins.year - 1, 8, 1)

    @property
    def year_ends(self):
        """The last of July after (or on) today."""
        return date(self.year_begins.year + 1, 7, 31)

    @property
    def school_year(self):
        """This school year, as "2026-2027"."""
        return f"{self.year_begins.year}-{self.year_begins.year + 1}"

    @property
    def last_year(self):
        """The school year before this one."""
        return f"{self.year_begins.year - 1}-{self.year_begins.year}"

    @property
    def long_ago(self):
        """When the grown-ups of the story already worked here: longer than any of its cases runs."""
        return date(self.year_begins.year - 3, 8, 1)

    @property
    def substitute_begins(self):
        """When the substitute came in: some weeks ago, in this school year."""
        return max(self.back(15), self.year_begins)

    @property
    def substitute_ends(self):
        """When that ends by itself: within this school year."""
        return min(self.ahead(25), self.year_ends)

    @cached_property
    def holidays(self):
        """(name, first day, last day) of last school year's breaks, this one's and the next one's, in order."""
        found = []
        for year in range(self.year_begins.year - 1, self.year_begins.year + 2):
            for name, month, day, days in BREAKS:
                first = date(year + (month < 8), month, day)
                first += timedelta(days=(5 - first.weekday()) % 7)
                found.append((name, first, first + timedelta(days=days - 1)))
        return found

    def is_school_day(self, day):
        """Whether children are at school on this day."""
        return day.weekday() < 5 and not any(first <= day <= last for _name, first, last in self.holidays)

    def back(self, days):
        """The school day so many school days ago; 0 is today, or the last school day before it."""
        return self._count(days, -1)

    def ahead(self, days):
        """The school day so many school days from now; 0 is today, or the first school day after it."""
        return self._count(days, 1)

    def _count(self, days, step):
        day = self.today
        while True:
            if self.is_school_day(day):
                if days == 0:
                    return day
                days -= 1
            day += timedelta(days=step)

    def born(self, year, nth):
        """A birthday that fits a child of that school year (1 to 8); `nth` tells children of one class apart."""
        return date(self.year_begins.year - year - 4, 10, 1) + timedelta(days=29 * nth % 330)

    def aged(self, years):
        """A birthday that makes a child this old today, and for some months to come."""
        day = self.today - timedelta(days=100)
        return date(day.year - years, day.month, min(day.day, 28))
