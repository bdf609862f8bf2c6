"""The programs that make FASTQ files of base calls, and the settings that each knows.

Sources: Illumina, "bcl2fastq2 Conversion Software v2.20" guide, "Sample Sheet"; "BCL Convert" v3.10
to v4.4, "Sample Sheet"; "MiSeq Sample Sheet Quick Reference Guide" for those of the instruments.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from seqauto_pipeline.core.sheet.words import word


class Converter(StrEnum):
    """Who reads sample sheets to make FASTQ files."""

    BCL2FASTQ = "bcl2fastq"
    BCL_CONVERT = "bcl_convert"

    @property
    def label(self) -> str:
        """Its name, as its makers write it."""
        return "bcl2fastq" if self is Converter.BCL2FASTQ else "BCL Convert"


_BCL2FASTQ = """
Adapter AdapterRead2 TrimAdapter TrimAdapterRead2 MaskAdapter MaskAdapterRead2 AdapterStringency
FindAdaptersWithIndels FindAdapterWithIndels MinimumTrimmedReadLength MaskShortAdapterReads
ReverseComplement Read1StartFromCycle Read1EndWithCycle Read2StartFromCycle Read2EndWithCycle
Read1UMILength Read2UMILength Read1UMIStartFromCycle Read2UMIStartFromCycle TrimUMI
CreateFastqForIndexReads ExcludeTiles
""" + " ".join(f"ExcludeTilesLane{lane}" for lane in range(1, 9))
_BCL_CONVERT = """
SoftwareVersion AdapterRead1 AdapterRead2 AdapterBehavior AdapterStringency MinimumAdapterOverlap
MinimumTrimmedReadLength MaskShortReads OverrideCycles OverrideReads TrimUMI
CreateFastqForIndexReads NoLaneSplitting FastqCompressionFormat FindAdaptersWithIndels
IndependentIndexCollisionCheck BarcodeMismatchesIndex1 BarcodeMismatchesIndex2
Index2ColumnReverseComplement LibraryInputVolume GenerateFastqcMetrics ExcludeTiles
"""
# Read by the instruments' own software from [Settings], and passed over by the converters
_INSTRUMENTS = """
Adapter1 Adapter2 Aligner BaitManifestFileName BAMtoFASTQ Chemistry CustomIndexPrimerMix
CustomAmpliconAlignerMaxIndelSize CustomRead1PrimerMix CustomRead2PrimerMix
EnrichmentMaxRegionStatisticsCount
ExcludeRegionsManifestA ExportMetagenomics FilterOutSingleStrandVariants FilterPCRDuplicates
FlagPCRDuplicates IndelRealignment IndelRepeatFilterCutoff Kmer MinimumCoverageDepth MinQScore
OnlyGenerateFASTQ OutputGenomeVCF PicardHSmetrics QualityScoreTrim RunBwaAln RunCNVDetection
RunPicard RunSVDetection StitchReads StrandBiasFilter SVAnnotation SupportMultipleDataSets
TaxonomyFile TranscriptSource VariantAnnotation VariantCaller VariantFilterQualityCutoff
VariantFrequencyEmitCutoff VariantFrequencyFilterCutoff VariantMinimumGQCutoff
VariantMinimumQualCutoff
"""


def _by_word(names: str) -> Mapping[str, str]:
    return MappingProxyType({word(name): name for name in names.split()})


# By their word, as people write them in any case
SETTINGS: Mapping[Converter, Mapping[str, str]] = MappingProxyType(
    {
        Converter.BCL2FASTQ: _by_word(_BCL2FASTQ),
        Converter.BCL_CONVERT: _by_word(_BCL_CONVERT),
    }
)
INSTRUMENT_SETTINGS = _by_word(_INSTRUMENTS)
