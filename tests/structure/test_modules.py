"""Each module has a unique name, one room, and few imports."""

from __future__ import annotations

from collections import Counter
from functools import cache

from docs.tools import code_map, measures

MOST_MODULES_IN_A_FOLDER = 15
MOST_IMPORTS = 15
"""Modules of ours that one module may import."""
ONLY_JOIN = ("console.blueprint", "ivr.worker.loop", "models.operations")
"""Modules that do nothing but put the parts together, a line for each."""
ONLY_GROWS = ("migrations/versions",)
"""Folders that gain files with every release, so no limit applies."""

MODULES = code_map.product()


@cache
def imports() -> code_map.Graph:
    """The imports of each module; not read while pytest collects, in every process."""
    return code_map.imports(MODULES)


def test_no_two_product_files_have_the_same_name() -> None:
    assert measures.twins(MODULES) == {}


def test_our_own_modules_and_names_have_no_aliases() -> None:
    known = {**MODULES, **code_map.tests()}
    aliased = {module.place: code_map.aliases(module, known) for module in known.values()}
    assert {place: names for place, names in aliased.items() if names} == {}


def test_a_folder_has_few_modules() -> None:
    folders = Counter(
        module.folder for module in MODULES.values() if module.path.name != "__init__.py"
    )
    crowded = {
        folder: number
        for folder, number in folders.items()
        if number > MOST_MODULES_IN_A_FOLDER and folder not in ONLY_GROWS
    }
    assert crowded == {}


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    assert code_map.cycles(imports()) == []


def test_sub_packages_do_not_import_each_other_in_a_circle() -> None:
    assert code_map.cycles(code_map.between_rooms(MODULES, imports())) == []


def test_no_module_imports_many_of_ours() -> None:
    wide = {
        name: len(needed)
        for name, needed in imports().items()
        if len(needed) > MOST_IMPORTS and name not in ONLY_JOIN
    }
    assert wide == {}
