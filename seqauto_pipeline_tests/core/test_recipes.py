import pytest

from seqauto_pipeline.core.recipes import Recipe, script_problems, template_problems


def problems(*texts: str) -> list[str]:
    return list(template_problems(texts, ("bam",)))


def test_a_command_may_name_inputs_fields_of_paths_and_what_jobs_know():
    assert problems("samtools", "{bam}", "--name={sample_name}", "{output}", "a{{b}}") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{bim}", "found the unknown field {bim}"),
        ("{newest}", "found the unknown field {newest}"),  # of directories that a disk names
        ("awk {print $1}", "found the unknown field {print $1}"),
        ("{bam", "the braces in '{bam' do not fit"),
        ("bam}", "the braces in 'bam}' do not fit"),
    ],
)
def test_what_a_command_cannot_have_is_named(text: str, said: str):
    (problem,) = problems(text)

    assert problem.startswith(said)
    assert "{{" in problem


@pytest.mark.parametrize(
    "script",
    ['x "{bam}"', "x '{bam}'", 'x "a b {bam}"', 'x "\\" {bam}"', "x 'a' \"b' {bam}\""],
)
def test_a_field_inside_quotation_marks_is_refused(script: str):
    (problem,) = script_problems(script)

    assert problem == "found {bam} inside quotation marks, expected it without: it is quoted"


@pytest.mark.parametrize(
    "script",
    [
        "x {bam}",
        "x 'a' {bam} \"b\"",
        'x \\" {bam}',
        'x "a\nb" c\nd {bam}',
        "#!/bin/bash -e\nx {bam}",
    ],
)
def test_a_field_outside_of_them_is_taken(script: str):
    assert list(script_problems(script)) == []


def test_a_script_is_one_of_a_shell():
    (problem,) = script_problems("#!/usr/bin/python3\nprint(1)\n")

    assert problem.startswith("found the first line '#!/usr/bin/python3', expected a shell")


def test_what_a_job_is_made_from_makes_its_digest_and_when_it_is_launched_does_not():
    recipe = Recipe("flagstat", ("bam", "interop"), ("samtools", "{bam}"))
    later = Recipe("flagstat", ("bam", "interop"), ("samtools", "{bam}"), after_hours=5, retries=2)
    other = Recipe("flagstat", ("bam", "interop"), ("samtools", "-x", "{bam}"))

    assert recipe.digest == later.digest != other.digest
    assert recipe.input_types == ("bam",)


def test_a_recipe_is_for_its_kits_in_any_case_of_letters():
    assert Recipe("vcf", ("bam",)).is_for(None)
    assert Recipe("vcf", ("bam",), kits=("IDT_exome",)).is_for("idt_EXOME")
    assert not Recipe("vcf", ("bam",), kits=("IDT_exome",)).is_for(None)
