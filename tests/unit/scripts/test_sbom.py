import pytest
import sbom

PINS = """\
# requirements.in
ast-serialize==1.2.0 \\
    --hash=sha256:bb \\
    --hash=sha256:aa
    # via mypy
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:cc
"""


def test_the_hashes_of_each_pin_are_found():
    assert {
        "pkg:pypi/ast-serialize@1.2.0": ["bb", "aa"],
        "pkg:pypi/colorama@0.4.6": ["cc"],
    } == sbom.pinned_hashes([PINS])


@pytest.mark.parametrize("name", ["Ast_Serialize", "ast.serialize", "ast-serialize"])
def test_a_package_is_called_the_same_however_its_name_is_written(name):
    assert "pkg:pypi/ast-serialize@1.2.0" == sbom.package_url(name, "1.2.0")


def component(version):
    return {
        "bom-ref": f"ast_serialize=={version}",
        "purl": f"pkg:pypi/ast-serialize@{version}",
        "externalReferences": [{"type": "vcs", "url": "https://example.org"}],
    }


def test_a_component_keeps_its_references_and_gains_the_hashes_of_its_version():
    pinned = sbom.pinned_hashes([PINS])

    vcs, files = sbom.with_hashes(component("1.2.0"), pinned)["externalReferences"]
    assert ("vcs", "distribution") == (vcs["type"], files["type"])
    assert [("SHA-256", "aa"), ("SHA-256", "bb")] == [
        (each["alg"], each["content"]) for each in files["hashes"]
    ]
    assert component("1.2.1") == sbom.with_hashes(component("1.2.1"), pinned)


def test_debian_packages_that_are_installed_are_listed_with_epochs_escaped():
    listed = "ii \tlibc6\t2.36-9+deb12u1\tamd64\nrc \tgone\t1\tall\nii \tlogin\t1:4.13\tamd64\n"

    found = sbom.debian_packages(listed)

    assert [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64",
        "pkg:deb/debian/login@1%3A4.13?arch=amd64",
    ] == [each["purl"] for each in found]
    assert ["2.36-9+deb12u1", "1:4.13"] == [each["version"] for each in found]


def test_bills_become_one_with_each_component_once():
    def bill(*names):
        return {
            "specVersion": "1.6",
            "components": [{"bom-ref": name} for name in names],
            "dependencies": [{"ref": name} for name in names],
        }

    both = sbom.merged([bill("b", "a"), bill("b", "c"), {"specVersion": "1.6"}], [{"bom-ref": "d"}])

    assert ["a", "b", "c", "d"] == [each["bom-ref"] for each in both["components"]]
    assert ["a", "b", "c"] == [each["ref"] for each in both["dependencies"]]
    assert "1.6" == both["specVersion"]
