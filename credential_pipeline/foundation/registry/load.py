"""Reads the registry: the built-in YAML files, an extra folder laid over them, and the checks across files.

A file of the extra folder replaces the built-in file of the same name as a whole. Every mistake is one line that names
the file, the key and what is allowed. All words are read as text, so that NO, 007 or 12 mean what was written.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import ValidationError

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.registry.agreements import Agreement, ReleaseAgreement, WageAgreement
from credential_pipeline.foundation.registry.explain import explain
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.programmes import Programme, Programmes
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.registry.strict import Strict

BUILT_IN: Final = Path(__file__).parent
_FOLDERS: Final = ("industries", "certifiers", "agreements", "programmes")
AnyAgreement = Agreement | ReleaseAgreement | WageAgreement | ReturnAgreement
_KINDS: Final[dict[str, type[AnyAgreement]]] = {
    "extract": Agreement,
    "release": ReleaseAgreement,
    "wages": WageAgreement,
    "return": ReturnAgreement,
}
Model = TypeVar("Model", bound=Strict)


#: Every command reads the registry, and the parser in C, where PyYAML has it, is ten times as fast.
_Fastest: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Fastest):  # type: ignore[misc]
    """Reads every scalar as text and refuses a key that is written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 # signature of the base
        seen: set[Hashable] = set()
        for key_node, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.MarkedYAMLError(problem="a key is written twice", problem_mark=key_node.start_mark)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


@dataclass(frozen=True)
class Registry:
    """All industries, certifiers and agreements, checked against one another.

    Attributes:
        industries: By name; each holds its agreement.
        certifiers: By name.
        agreements: By id, of every kind.
    """

    industries: Mapping[str, Industry]
    certifiers: Mapping[str, Certifier]
    agreements: Mapping[str, AnyAgreement] = field(default_factory=dict)

    @property
    def industry_names(self) -> tuple[str, ...]:
        """Names of the industries, sorted: the partitions of every table."""
        return tuple(sorted(self.industries))

    def industry(self, name: str) -> Industry:
        """Return an industry by name; SafeError E_UNKNOWN_INDUSTRY lists the known ones."""
        if name not in self.industries:
            shown = f"'{name}'" if NAME.match(name) else "this name"
            known = ", ".join(self.industry_names)
            message = f"{shown} is no industry of the registry; known: {known}; to add one write industries/<name>.yml"
            raise SafeError("E_UNKNOWN_INDUSTRY", message)
        return self.industries[name]

    def certifier(self, name: str) -> Certifier:
        """Return a certifier by name; SafeError E_UNKNOWN_CERTIFIER lists the known ones."""
        if name not in self.certifiers:
            shown = f"'{name}'" if NAME.match(name) else "this name"
            known = ", ".join(sorted(self.certifiers))
            raise SafeError("E_UNKNOWN_CERTIFIER", f"{shown} is no certifier of the registry; known: {known}")
        return self.certifiers[name]

    @property
    def wage_agreements(self) -> tuple[WageAgreement, ...]:
        """The agreements on the use of wages, by id, whether they hold today or not."""
        return tuple(one for _, one in sorted(self.agreements.items()) if isinstance(one, WageAgreement))

    def certifiers_of(self, industry: str) -> tuple[Certifier, ...]:
        """Return the certifiers of an industry, sorted by name."""
        return tuple(self.certifier(name) for name in sorted(self.industry(industry).certifiers))


def _read(file: Path, shown: str) -> dict[str, Any]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_Loader)  # noqa: S506 # a BaseLoader: text only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "not readable"
        raise SafeError("E_REGISTRY_YAML", f"{shown}, line {line}: this is not valid YAML: {problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SafeError("E_REGISTRY_YAML", f"{shown}, line 1: this is not valid YAML in UTF-8") from None
    except OSError:
        raise SafeError("E_REGISTRY_YAML", f"{shown}: the file cannot be read; check its permissions") from None
    if not isinstance(document, dict):
        raise SafeError("E_REGISTRY_YAML", f"{shown}, line 1: expected keys with values, as in _template.yml")
    return document


def _files(root: Path, folder: str) -> Iterable[tuple[Path, str]]:
    for file in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
        shown = f"{folder}/{file.name}"
        if file.name.startswith(("_", ".")):
            continue
        if file.suffix != ".yml" or not NAME.match(file.stem):
            message = f"{shown}: a registry file is named <name>.yml, <name> in a-z, 0-9 and _; rename or remove it"
            raise SafeError("E_REGISTRY_NAME", message)
        yield file, shown


def _documents(roots: Iterable[Path], folder: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, shown name and content of every file of a folder; of several roots, the last one's."""
    chosen = {file.stem: (file, shown) for root in roots for file, shown in _files(root, folder)}
    for stem, (file, shown) in sorted(chosen.items()):
        yield stem, shown, _read(file, shown)


def _validated(model: type[Model], key: str, stem: str, shown: str, document: Mapping[str, Any]) -> Model:
    try:
        item = model.model_validate(document)
    except ValidationError as error:
        raise SafeError("E_REGISTRY", f"{shown}: {explain(error, model)}") from None
    if getattr(item, key) != stem:
        raise SafeError("E_REGISTRY", f"{shown}: key '{key}': the value must be the name of the file, '{stem}'")
    return item


def _agreements(roots: Iterable[Path]) -> dict[str, AnyAgreement]:
    """The agreements by id: first those that others may name."""
    loaded: dict[str, AnyAgreement] = {}
    found = [
        (stem, shown, document, _kind(document, shown)) for stem, shown, document in _documents(roots, "agreements")
    ]
    for stem, shown, document, kind in sorted(found, key=lambda entry: entry[3] == "extract"):
        resolved = _resolved(document, "release", loaded, ReleaseAgreement, shown) if kind == "extract" else document
        loaded[stem] = _validated(_KINDS[kind], "id", stem, shown, resolved)
    return loaded


def _kind(document: Mapping[str, Any], shown: str) -> str:
    kind = document.get("kind")
    if kind not in _KINDS:
        raise SafeError("E_REGISTRY", f"{shown}: key 'kind': allowed: {', '.join(_KINDS)}")
    return str(kind)


def _resolved(
    document: Mapping[str, Any], key: str, known: Mapping[str, AnyAgreement], kind: type[AnyAgreement], shown: str
) -> dict[str, Any]:
    """A document in which the name of an agreement is replaced by the agreement."""
    name = document.get(key)
    if name is None:
        return dict(document)
    fitting = {id_: one for id_, one in known.items() if isinstance(one, kind)}
    if not isinstance(name, str) or name not in fitting:
        said = f"'{name}' is no" if isinstance(name, str) and NAME.match(name) else "give the name of a"
        allowed = ", ".join(sorted(fitting)) or "none yet"
        message = f"{shown}: key '{key}': {said} fitting file of agreements/; allowed: {allowed}"
        raise SafeError("E_REGISTRY", message)
    return {**document, key: fitting[name]}


def _complete(
    stem: str,
    document: Mapping[str, Any],
    shown: str,
    agreements: Mapping[str, AnyAgreement],
    taught: Programmes | None,
) -> dict[str, Any]:
    """The document of an industry with its agreements and its programmes in place of their names."""
    if "programmes" in document:
        raise SafeError("E_REGISTRY", f"{shown}: key 'programmes': write them in programmes/<industry>.yml")
    if "returns" in document:
        raise SafeError("E_REGISTRY", f"{shown}: key 'returns': an agreement of kind return names its industries")
    resolved = _resolved(document, "agreement", agreements, Agreement, shown)
    partners = [one for _, one in sorted(agreements.items()) if isinstance(one, ReturnAgreement)]
    return resolved | {
        "programmes": taught.programmes if taught else (),
        "returns": tuple(one for one in partners if stem in one.industries),
    }


def _check_programme(programme: Programme, place: int, industry: Industry, certifiers: Mapping[str, Certifier]) -> None:
    """Refuse a programme whose certifier or credentials the industry does not have."""
    where = f"programmes/{industry.industry}.yml: key 'programmes.{place}"
    if programme.certifier not in industry.certifiers:
        allowed = ", ".join(sorted(industry.certifiers))
        message = f"{where}.certifier': '{programme.certifier}' is no certifier of the industry; allowed: {allowed}"
        raise SafeError("E_REGISTRY", message)
    codes = certifiers[programme.certifier].codes
    if codes and not codes.issuperset(programme.credentials):
        allowed = ", ".join(sorted(codes))
        message = f"{where}.credentials': {programme.certifier} has no such credential; allowed: {allowed}"
        raise SafeError("E_REGISTRY", message)


def _check_partners(
    agreements: Mapping[str, AnyAgreement], industries: Mapping[str, Industry], certifiers: Mapping[str, Certifier]
) -> None:
    """Refuse a partner of an unknown industry or certifier, and two agreements of one partner about one industry."""
    seen: dict[tuple[str, str], str] = {}
    for id_, one in sorted(agreements.items()):
        if not isinstance(one, ReturnAgreement):
            continue
        where = f"agreements/{id_}.yml: key"
        if unknown := sorted(set(one.industries) - industries.keys()):
            allowed = ", ".join(sorted(industries))
            message = f"{where} 'industries': there is no industry '{unknown[0]}'; allowed: {allowed}"
            raise SafeError("E_REGISTRY", message)
        if one.role == "certifier" and one.of not in certifiers:
            allowed = ", ".join(sorted(certifiers))
            raise SafeError("E_REGISTRY", f"{where} 'of': there is no such certifier; allowed: {allowed}")
        for industry in one.industries:
            other = seen.setdefault((one.partner, industry), id_)
            if other != id_:
                message = f"{where} 'partner': agreements/{other}.yml is about the same partner and industry; keep one"
                raise SafeError("E_REGISTRY", message)


def load_registry(extra: Path | None = None) -> Registry:
    """Load and check the whole registry.

    Args:
        extra: Folder with any of ``industries/``, ``certifiers/``, ``agreements/`` and ``programmes/`` that is laid over the
            built-in one.

    Raises:
        SafeError: E_REGISTRY_FOLDER, E_REGISTRY_NAME, E_REGISTRY_YAML, E_REGISTRY: file, key, what is allowed.
    """
    roots = [BUILT_IN]
    if extra is not None:
        if not any((extra / folder).is_dir() for folder in _FOLDERS):
            message = f"the extra registry folder holds none of {', '.join(f'{folder}/' for folder in _FOLDERS)}; check --registry"
            raise SafeError("E_REGISTRY_FOLDER", message)
        roots.append(extra)
    agreements = _agreements(roots)
    certifiers = {
        stem: _validated(Certifier, "certifier", stem, shown, document)
        for stem, shown, document in _documents(roots, "certifiers")
    }
    programmes = {
        stem: _validated(Programmes, "industry", stem, shown, document)
        for stem, shown, document in _documents(roots, "programmes")
    }
    industries = {
        stem: _validated(
            Industry, "industry", stem, shown, _complete(stem, document, shown, agreements, programmes.get(stem))
        )
        for stem, shown, document in _documents(roots, "industries")
    }
    if foreign := sorted(programmes.keys() - industries.keys()):
        allowed = ", ".join(sorted(industries))
        message = (
            f"programmes/{foreign[0]}.yml: key 'industry': there is no such file of industries/; allowed: {allowed}"
        )
        raise SafeError("E_REGISTRY", message)
    _check_partners(agreements, industries, certifiers)
    for industry in industries.values():
        unknown = [name for name in industry.certifiers if name not in certifiers]
        if unknown:
            known = ", ".join(sorted(certifiers))
            file = f"industries/{industry.industry}.yml"
            raise SafeError("E_REGISTRY", f"{file}: key 'certifiers': '{unknown[0]}' has no file; allowed: {known}")
        for place, programme in enumerate(industry.programmes):
            _check_programme(programme, place, industry, certifiers)
    return Registry(industries, certifiers, agreements)
