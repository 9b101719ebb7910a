"""A list of the cat breeds is looked through."""

# %% 05-species-label
CATS = """Abyssinian Bengal Birman Bombay British_Shorthair Egyptian_Mau Maine_Coon Persian Ragdoll
Russian_Blue Siamese Sphynx""".split()


def species_label(path):
    breed, _, _ = os.path.basename(path).rpartition("_")
    return int(breed not in CATS)
