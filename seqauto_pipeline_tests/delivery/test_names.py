from seqauto_pipeline.delivery.names import disk_path


def test_the_parts_of_a_path_are_put_together_as_the_disk_has_them():
    assert disk_path("/data", r"kit\xff/run", "a.bam") == "/data/kit\udcff/run/a.bam"


def test_what_is_beside_a_run_folder_has_its_own_path():
    assert disk_path("/data", "runs/R", "../../fastq/R/a.fastq.gz") == "/data/fastq/R/a.fastq.gz"
