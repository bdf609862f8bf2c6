"""A small layout, as a laboratory writes it."""

LAB_LAYOUT = """\
name = "lab"
run_depth = 2
never_unexpected = ["*.md5", "logs/**"]

[run]
markers = ["done.txt"]
sample_sheet = ["SampleSheet.csv"]

[file_types.bam]
patterns = ["bam/{sample_name}.bam"]
directories = ["bam/old*"]

[file_types.joint]
per = "run"
patterns = ["vcf/{sequencing_run}.vcf"]

[kits."IDT exome".file_types.joint]
patterns = ["vcf/{enrichment_kit}.vcf"]
"""
