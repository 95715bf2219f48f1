"""The sections of the methods page, each with the decision records that set what it describes."""

METHODS: dict[str, tuple[str, ...]] = {
    "frame": ("0001", "0035", "0047", "0050", "0060"),
    "answers": ("0070", "0071", "0072", "0051", "0040"),
    "scores": ("0053", "0055", "0066", "0078"),
    "bounds": (),
    "who": ("0095", "0092", "0090", "0096"),
    "weights": ("0083", "0084", "0080", "0081", "0085", "0086", "0140", "0141"),
    "interval": ("0006", "0007"),
    "inhabitants": (),
    "printed": ("0103", "0110", "0111", "0112", "0113", "0233"),
    "comparison": ("0120", "0123", "0124", "0116", "0231", "0021"),
    "validation": ("0142", "0143", "0145"),
    "synthetic": ("0079",),
}
