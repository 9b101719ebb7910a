"""Hungarian names, some with accents and some without, in capitals and with spaces."""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "Egycímkés  osztályozás",
        "B": "tobbcimkes osztalyozas",
        "C": "SZEMANTIKUS SZEGMENTÁLÁS",
        "D": "tárgyérzékelés",
        "E": "Példány-szegmentálás",
        "F": "Tárgydetektálás",
        "G": "szemantikai szegmentalas",
        "H": "peldanyszegmentalas",
        "I": "Többcímkés besorolás",
        "J": " egycímkés besorolás ",
    }
