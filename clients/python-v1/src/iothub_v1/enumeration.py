import enum


class Enumeration(enum.IntEnum):
    """An integer that prints as its name, as in the original modules."""

    def __str__(self):
        return self.name

    def __format__(self, spec):
        wants_number = spec != "" and spec[-1] in "bcdeEfFgGnoxX%"
        return format(int(self) if wants_number else self.name, spec)
