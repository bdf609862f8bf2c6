"""Every code that a sample sheet can get: how much it matters, what it means, and its remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.converter import Converter


@dataclass(frozen=True, slots=True)
class Rule:
    """One code: how much it matters unless the settings say otherwise, and what to do."""

    severity: Severity
    description: str
    fix: str
    adjustable: bool = True  # False: no setting can make the sheet readable or the name safe
    converter: Converter | None = None  # the only one that the rule speaks of


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_BCL2FASTQ, _BCL_CONVERT = Converter.BCL2FASTQ, Converter.BCL_CONVERT

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "EMPTY_SHEET": Rule(
            _ERROR,
            "The file holds nothing.",
            "Export the sheet again and copy it over the empty file.",
            adjustable=False,
        ),
        "SHEET_TOO_LARGE": Rule(
            _ERROR,
            "The file is larger than any sample sheet.",
            "Check that the right file was copied to this place.",
            adjustable=False,
        ),
        "NOT_A_SAMPLE_SHEET": Rule(
            _ERROR,
            "The content is not a sample sheet of any known family.",
            "Replace the file by the sample sheet of this flowcell, saved as comma-separated text.",
            adjustable=False,
        ),
        "NO_DATA_SECTION": Rule(
            _ERROR,
            "No section lists the samples.",
            "Add the section [Data] (or [BCLConvert_Data] in a v2 sheet) with one row per sample.",
            adjustable=False,
        ),
        "NO_SAMPLE_ID_COLUMN": Rule(
            _ERROR,
            "The header row of the samples names no Sample_ID column.",
            "Name the column with the sample ids Sample_ID.",
            adjustable=False,
        ),
        "NO_SAMPLES": Rule(
            _ERROR,
            "The sheet lists no sample.",
            "Add one row per sample below the header row of the data section.",
            adjustable=False,
        ),
        "MISSING_SAMPLE_ID": Rule(
            _ERROR,
            "A row of the data section has no sample id.",
            "Write the sample's id into the row, or delete the row.",
        ),
        "ROW_TOO_LONG": Rule(
            _ERROR,
            "A row has more cells than the header row names.",
            "Put a value that holds the delimiter in quotation marks, or delete the extra cells.",
        ),
        "ROW_TOO_SHORT": Rule(
            _WARNING,
            "A row has fewer cells than the header row names.",
            "Add the missing delimiters, so that each value stands below its column's name.",
        ),
        "INVALID_LANE": Rule(
            _ERROR,
            "A lane is not a number.",
            "Write the lane as a number from 1, or several as 1+2.",
        ),
        "DUPLICATE_COLUMN": Rule(
            _WARNING,
            "Two columns have the same name, or the same meaning, and do not contradict.",
            "Delete one of the two columns.",
        ),
        "CONFLICTING_COLUMNS": Rule(
            _ERROR,
            "Two columns have the same meaning and different values.",
            "Delete the wrong column; the first one was used.",
        ),
        "AMBIGUOUS_COLUMN": Rule(
            _WARNING,
            "A column could be an index column, and another one already is.",
            "Name the columns index and index2 (Index and Index2 in a v2 sheet).",
        ),
        "OTHER_COLUMN_NAME": Rule(
            _WARNING,
            "A column has a name that people use and the converters do not know.",
            "Name the column Lane, Sample_Project, index or index2, as is meant.",
        ),
        "REPEATED_SECTION": Rule(
            _WARNING,
            "A section stands twice.",
            "Merge the two sections into one.",
        ),
        "REPEATED_HEADER_ROW": Rule(
            _WARNING,
            "The header row stands again among the samples.",
            "Delete the repeated header row.",
        ),
        "TWO_DATA_SECTIONS": Rule(
            _WARNING,
            "Both [Data] and [BCLConvert_Data] stand in the sheet.",
            "Delete the section that is out of date.",
        ),
        "WRONG_DATA_SECTION": Rule(
            _WARNING,
            "A v2 sheet lists its samples in [Data], which BCL Convert does not read.",
            "Rename the section to [BCLConvert_Data], or take FileFormatVersion out of the header.",
        ),
        "SAMPLE_NOT_CONVERTED": Rule(
            _INFO,
            "A DRAGEN workflow lists a sample that the conversion does not list.",
            "Add the sample with its index to [BCLConvert_Data], or take it out of the workflow.",
        ),
        "TEXT_ABOVE_HEADER_ROW": Rule(
            _WARNING,
            "A row stands above the header row of the samples.",
            "Move it into another section, or delete it.",
        ),
        "TEXT_BEFORE_SECTION": Rule(
            _WARNING,
            "There is text before the first section.",
            "Write [Header] above it, or delete it.",
        ),
        "SECTION_LINE": Rule(
            _WARNING,
            "A section line holds more than the section's name.",
            "Leave only the name in square brackets on the line, and move the rest below it.",
        ),
        "UNBALANCED_QUOTE": Rule(
            _ERROR,
            "A quotation mark is opened and never closed.",
            "Close the quotation mark, or delete it.",
        ),
        "CONTROL_CHARACTERS": Rule(
            _WARNING,
            "The text holds control characters.",
            "Delete the control characters, or export the sheet again.",
        ),
        "UNDECODABLE_BYTES": Rule(
            _WARNING,
            "Some bytes are no character in the sheet's encoding.",
            "Save the sheet again as CSV UTF-8.",
        ),
        "NOT_UTF8": Rule(
            _INFO,
            "The sheet is not encoded as UTF-8.",
            "Save the sheet as CSV UTF-8; Illumina's programs expect plain ASCII.",
        ),
        "NOT_ASCII": Rule(
            _INFO,
            "A v2 sheet has characters that Illumina's programs do not promise to read.",
            "Write it in plain letters and digits.",
        ),
        "DELIMITER_NOT_COMMA": Rule(
            _WARNING,
            "The cells are not separated by commas.",
            "Save the sheet as comma-separated CSV before the instrument or BCL Convert reads it.",
        ),
        "INVALID_SETTING": Rule(
            _WARNING,
            "A setting or read length is not a number.",
            "Write a whole number, or leave the value out.",
        ),
        "SETTINGS_SECTION": Rule(
            _WARNING,
            "BCL Convert reads the settings of a v2 sheet from [BCLConvert_Settings] only.",
            "Write the settings into a section [BCLConvert_Settings]; it may have a single line.",
            converter=_BCL_CONVERT,
        ),
        "REFUSED_SETTING": Rule(
            _ERROR,
            "A v2 sheet has a setting of bcl2fastq, which BCL Convert refuses.",
            "Delete the setting, or write what BCL Convert has in its place.",
            converter=_BCL_CONVERT,
        ),
        "UNKNOWN_SETTING": Rule(
            _WARNING,
            "A setting is none that the converter knows.",
            "Correct the name of the setting, or delete it.",
        ),
        "REFUSED_VALUE": Rule(
            _ERROR,
            "A setting has a value that BCL Convert refuses.",
            "Write one of the values that the setting may have.",
            converter=_BCL_CONVERT,
        ),
        "SETTINGS_CONTRADICT": Rule(
            _ERROR,
            "BCL Convert refuses one setting because of what another says, or does not say.",
            "Delete the setting, or write the other one that it needs.",
            converter=_BCL_CONVERT,
        ),
        "REPEATED_SETTING": Rule(
            _WARNING,
            "A setting stands twice with different values; the first was used.",
            "Delete the line that is wrong.",
        ),
        "SETTING_WITHOUT_READ": Rule(
            _WARNING,
            "A setting speaks of a read that the run does not have, which BCL Convert may refuse.",
            "Delete the setting, or check that the sheet belongs to this run.",
            converter=_BCL_CONVERT,
        ),
        "SETTING_AND_COLUMN": Rule(
            _INFO,
            "A setting stands for all samples and again as a column, which BCL Convert may refuse.",
            "Leave it in one of the two places.",
            converter=_BCL_CONVERT,
        ),
        "LANES_NOT_SPLIT": Rule(
            _WARNING,  # an error where the sheet states a version that refuses it
            "NoLaneSplitting stands beside a Lane column, which BCL Convert before 4.4.6 refuses.",
            "Delete the Lane column or the setting, or convert with version 4.4.6 or later.",
            converter=_BCL_CONVERT,
        ),
        "UMI_WITHOUT_FASTQ": Rule(
            _INFO,
            "Index FASTQs are asked for, and an index read of UMIs alone gets none.",
            "Add the setting TrimUMI,0 if the UMIs are wanted as a FASTQ.",
            converter=_BCL_CONVERT,
        ),
        "INVALID_OVERRIDE_CYCLES": Rule(
            _ERROR,
            "OverrideCycles cannot be read, or uses a read as BCL Convert does not allow.",
            "Write what each read is used for, as in Y151;I8N2;I8N2;Y151.",
            converter=_BCL_CONVERT,
        ),
        "OVERRIDE_CYCLES_TOTAL": Rule(
            _ERROR,
            "OverrideCycles does not add up to the reads of the run and their cycles.",
            "Give each read as many cycles as it has; N stands for those that are not used.",
            converter=_BCL_CONVERT,
        ),
        "OVERRIDE_CYCLES_INDEX": Rule(
            _WARNING,
            "OverrideCycles uses more or fewer cycles for an index than the index has bases.",
            "Bring the number behind I to the length of the index, and the rest behind N.",
            converter=_BCL_CONVERT,
        ),
        "ZERO_CYCLES": Rule(
            _ERROR,  # a warning of an index read, which Illumina's run planning allows
            "A read of 0 cycles is listed in [Reads], which BCL Convert refuses.",
            "Delete the line.",
            converter=_BCL_CONVERT,
        ),
        "CLEANED_CHARACTERS": Rule(
            _INFO,
            "Unusual blanks, characters without a width or curly quotation marks were read away.",
            "Delete the characters, or save the sheet as plain text: the converter reads them.",
        ),
        "SPREADSHEET_VALUE": Rule(
            _WARNING,
            "A spreadsheet made a number, a date or a row of # of a value.",
            "Type the value again in a column formatted as text, and export the sheet again.",
        ),
        "UNKNOWN_FAILED_VALUE": Rule(
            _WARNING,
            "The Failed column holds a word that is neither yes nor no.",
            "Write TRUE for a failed sample and leave the cell empty for the others.",
        ),
        "FORBIDDEN_CHARACTERS": Rule(
            _ERROR,
            "An id, name or project has characters that Illumina does not allow.",
            "Use letters, digits, - and _ only.",
        ),
        "UNSAFE_NAME": Rule(
            _ERROR,
            "An id, name or project cannot be part of a file name.",
            "Use at most 200 letters, digits, - and _; no expected files are recorded for it.",
            adjustable=False,
        ),
        "RESERVED_NAME": Rule(
            _WARNING,
            "An id, name or project is a word that demultiplexing uses for itself.",
            "Give the sample or project another name.",
        ),
        "DUPLICATE_SAMPLE": Rule(
            _ERROR,
            "One sample id has two rows with one index in a lane.",
            "Delete the row that is wrong, or give the second sample its own id.",
        ),
        "SEVERAL_INDEXES": Rule(
            _INFO,
            "Samples have several indexes in a lane.",
            "Nothing, if they are meant to be: the reads of all of them are one sample.",
        ),
        "SAMPLE_IN_TWO_PROJECTS": Rule(
            _ERROR,
            "One sample id is in two projects, for which bcl2fastq ends.",
            "Give the samples ids of their own, or one project; BCL Convert accepts it.",
            converter=_BCL2FASTQ,
        ),
        "SAMPLE_WITH_TWO_NAMES": Rule(
            _ERROR,
            "One sample id has two names, for which bcl2fastq ends.",
            "Give the samples ids of their own, or one name.",
            converter=_BCL2FASTQ,
        ),
        "SHARED_SAMPLE_NAME": Rule(
            _WARNING,
            "Samples with different ids have the same name.",
            "Give each sample its own name: files that are named after it would be shared.",
        ),
        "DUPLICATE_INDEX": Rule(
            _ERROR,
            "Two samples have the same index in a lane.",
            "Correct the index of one of them, or move it to another lane.",
        ),
        "INDEX_TOO_CLOSE": Rule(
            _WARNING,  # an error where the sheet itself states the mismatches that it allows
            "Two indexes in a lane differ less than the allowed mismatches need.",
            "Lower the allowed mismatches, or move one of the samples to another lane.",
        ),
        "INDEX_CHECK_INCOMPLETE": Rule(
            _WARNING,
            "There are too many similar indexes to compare all of them.",
            "Correct the problems listed, then check the sheet again.",
        ),
        "INDEX_LENGTHS_DIFFER": Rule(
            _ERROR,
            "The indexes of one lane have different lengths.",
            "Bring the indexes of the lane to one length, or give the samples OverrideCycles.",
        ),
        "INDEX_CHARACTERS": Rule(
            _ERROR,
            "An index has characters other than A, C, G, T and N.",
            "Write the index as its bases; the name of the index belongs into I7_Index_ID.",
        ),
        "INDEX_WITH_N": Rule(
            _WARNING,  # an error where the laboratory converts with bcl2fastq
            "An index has N, which no converter takes for any base.",
            "Write the bases only, and leave the cycles behind them out with OverrideCycles.",
        ),
        "INDEX_BLANKS": Rule(
            _ERROR,
            "An index has blanks between its bases, which no converter reads away.",
            "Delete the blanks, and check that no base is missing where they stand.",
        ),
        "INDEX_TOO_LONG": Rule(
            _ERROR,
            "An index is longer than the index read of the flowcell, or of [Reads].",
            "Shorten the index to the cycles of the index read, leave it out where there is no "
            "such read, or check that the sheet belongs to this flowcell.",
        ),
        "UNINDEXED_SAMPLE": Rule(
            _ERROR,
            "A sample without an index shares its lane with others.",
            "Write the sample's index, or give it a lane of its own.",
        ),
        "UNKNOWN_LANE": Rule(
            _ERROR,
            "A lane does not exist on the flowcell.",
            "Correct the lane number, or check that the sheet belongs to this flowcell.",
        ),
        "BLANK_LANE": Rule(
            _WARNING,
            "A row has no lane though the sheet has a lane column with values.",
            "Write the lane; without one the sample counts for all lanes.",
        ),
    }
)
