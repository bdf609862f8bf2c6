"""The names that figures of an exec summary have, in lower case, and what they may be."""

SAMPLE = "sample"
TEXT = frozenset({SAMPLE, "sexmatch"})
INTEGER = frozenset({"reads", "dedupreads", "snps", "indels"})
# VariantGrid stores no summary without these.
REQUIRED = (
    "%ReadEnrich",
    "MedianInsert",
    "MeanDepth_Kit",
    "MeanDepth_GOI",
    "%Duplication",
    "%UniformCov",
)
PERCENT = frozenset({
    "%reads", "%readenrich", "%duplication", "%uniformcov", "%snps_dbsnp", "%indels_dbsnp",
    "%bp10x_goi", "%bp20x_goi", "%bp100x_goi", "%bp250x_goi", "%bp500x_goi",
    "%bp20x_kit", "%bp100x_kit", "%bp250x_kit", "%bp500x_kit",
    "%map2diff_chr", "%softcliprate", "%errorrate",
})  # fmt: skip
NUMERIC = (
    PERCENT
    | INTEGER
    | frozenset({"medianinsert", "meandepth_kit", "meandepth_goi", "sampleid_lod", "ts/tv"})
)
ABSENT = frozenset({"", "notavail"})  # in place of a figure
