"""Reads the registry: the built-in YAML files, an extra folder laid over them, and the checks across files.

A file of the extra folder replaces the built-in file of the same name as a whole. Every mistake is one line that names
the file, the line, the key and what is allowed. All words are read as text, so that NO, 007 or 12 mean what was written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.registry.agreements import Agreement, ReleaseAgreement, WageAgreement
from credential_pipeline.foundation.registry.documents import Document, Key, Report, documents, file_names, key_text
from credential_pipeline.foundation.registry.explain import Problem, problems
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.programmes import Programme, Programmes
from credential_pipeline.foundation.registry.request_agreements import RequestAgreement
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.registry.strict import Strict

BUILT_IN: Final = Path(__file__).parent
_FOLDERS: Final = ("industries", "certifiers", "agreements", "programmes")
AnyAgreement = Agreement | ReleaseAgreement | WageAgreement | ReturnAgreement | RequestAgreement
_KINDS: Final[dict[str, type[AnyAgreement]]] = {
    "extract": Agreement,
    "release": ReleaseAgreement,
    "wages": WageAgreement,
    "return": ReturnAgreement,
    "request": RequestAgreement,
}
Model = TypeVar("Model", bound=Strict)


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

    @property
    def request_agreements(self) -> tuple[RequestAgreement, ...]:
        """The agreements under which a service may be asked about learners, by id, whether they hold today or not."""
        return tuple(one for _, one in sorted(self.agreements.items()) if isinstance(one, RequestAgreement))

    def certifiers_of(self, industry: str) -> tuple[Certifier, ...]:
        """Return the certifiers of an industry, sorted by name."""
        return tuple(self.certifier(name) for name in sorted(self.industry(industry).certifiers))


class _Reading:
    """One reading of the registry: where the files are, what takes mistakes, and which files had some."""

    def __init__(self, roots: Sequence[Path], report: Report) -> None:
        self.roots = roots
        self.report = report

    def wrong(self, document: Document, key: Key, text: str) -> None:
        """Report a mistake at a key."""
        shown = f"key '{key_text(key)}': " if key else ""
        self.report(SafeError("E_REGISTRY", f"{document.place(key)}: {shown}{text}"))

    def documents(self, folder: str) -> Iterable[Document]:
        """The files of a folder."""
        return documents(self.roots, folder, self.report)

    def validated(self, model: type[Model], key: str, document: Document, content: Mapping[str, Any]) -> Model | None:
        """The model of a file; None if it has mistakes."""
        found: list[Problem] = []
        try:
            item = model.model_validate(content)
        except ValidationError as error:
            found = problems(error, model)
        for problem in found:
            self.wrong(document, document.known(problem.key), problem.text)
        if found:
            return None
        if getattr(item, key) != document.stem:
            self.wrong(document, (key,), f"the value must be the name of the file, '{document.stem}'")
            return None
        return item

    def resolved(
        self, document: Document, key: str, known: Mapping[str, AnyAgreement], kind: type[AnyAgreement]
    ) -> dict[str, Any] | None:
        """The content of a file in which the name of an agreement is replaced by the agreement; None if that is wrong."""
        name = document.content.get(key)
        fitting = {id_: one for id_, one in known.items() if isinstance(one, kind)}
        if name is None or (isinstance(name, str) and name in fitting):
            return dict(document.content) | ({key: fitting[name]} if name is not None else {})
        # Of a file that is there and has mistakes of its own, those are told.
        broken = isinstance(name, str) and name not in known and name in file_names(self.roots, "agreements")
        if not broken:
            said = f"'{name}' is no" if isinstance(name, str) and NAME.match(name) else "give the name of a"
            allowed = ", ".join(sorted(fitting)) or "none yet"
            self.wrong(document, (key,), f"{said} fitting file of agreements/; allowed: {allowed}")
        return None

    def agreements(self) -> dict[str, AnyAgreement]:
        """The agreements by id: first those that others may name."""
        loaded: dict[str, AnyAgreement] = {}
        found = list(self.documents("agreements"))
        for document in sorted(found, key=lambda one: one.content.get("kind") == "extract"):
            kind = document.content.get("kind")
            if not isinstance(kind, str) or kind not in _KINDS:
                self.wrong(document, ("kind",), f"allowed: {', '.join(_KINDS)}")
                continue
            content = (
                self.resolved(document, "release", loaded, ReleaseAgreement) if kind == "extract" else document.content
            )
            unnamed = {key: value for key, value in document.content.items() if key != "release"}
            one = self.validated(_KINDS[kind], "id", document, unnamed if content is None else content)
            if one is not None and content is not None:
                loaded[document.stem] = one
        return loaded

    def certifiers(self) -> dict[str, Certifier]:
        """The certifiers by name."""
        found = {
            document.stem: self.validated(Certifier, "certifier", document, document.content)
            for document in self.documents("certifiers")
        }
        return {name: one for name, one in found.items() if one is not None}

    def industries(
        self, agreements: Mapping[str, AnyAgreement], certifiers: Mapping[str, Certifier]
    ) -> dict[str, Industry]:
        """The industries by name, with their agreement, programmes and partners in place of names."""
        taught: dict[str, tuple[Document, Programmes]] = {}
        for document in self.documents("programmes"):
            programmes = self.validated(Programmes, "industry", document, document.content)
            if programmes is not None:
                taught[document.stem] = (document, programmes)
        loaded = {}
        for document in self.documents("industries"):
            content = self._complete(
                document, agreements, taught[document.stem][1] if document.stem in taught else None
            )
            named = self.resolved(document, "agreement", agreements, Agreement)
            content |= {"agreement": named.get("agreement") if named else None}
            industry = self.validated(Industry, "industry", document, content)
            if self._knows_certifiers(document, certifiers) and industry is not None and named is not None:
                loaded[document.stem] = industry
        known = file_names(self.roots, "industries")
        for stem, (document, programmes) in taught.items():
            if stem not in known:
                allowed = ", ".join(sorted(known))
                self.wrong(document, ("industry",), f"there is no such file of industries/; allowed: {allowed}")
            elif stem in loaded:
                for place, programme in enumerate(programmes.programmes):
                    self._check_programme(document, place, programme, loaded[stem], certifiers)
        return loaded

    def _knows_certifiers(self, document: Document, certifiers: Mapping[str, Certifier]) -> bool:
        """Whether each certifier of an industry is loaded; of one whose file has mistakes, those are told."""
        said = document.content.get("certifiers")
        named = [name for name in said if isinstance(name, str)] if isinstance(said, list) else []
        files = file_names(self.roots, "certifiers") if {*named} - {*certifiers} else frozenset[str]()
        for place, name in enumerate(named):
            if name not in certifiers and name not in files:
                shown = f"'{name}'" if NAME.match(name) else "a name"
                known = ", ".join(sorted(certifiers))
                self.wrong(document, ("certifiers", place), f"{shown} has no file; allowed: {known}")
        return {*named} <= {*certifiers}

    def _complete(
        self, document: Document, agreements: Mapping[str, AnyAgreement], taught: Programmes | None
    ) -> dict[str, Any]:
        """The content of an industry with its programmes and its partners in place."""
        elsewhere = {
            "programmes": "write them in programmes/<industry>.yml",
            "returns": "an agreement of kind return names its industries",
        }
        for key, text in elsewhere.items():
            if key in document.content:
                self.wrong(document, (key,), text)
        partners = [one for _, one in sorted(agreements.items()) if isinstance(one, ReturnAgreement)]
        return dict(document.content) | {
            "programmes": taught.programmes if taught else (),
            "returns": tuple(one for one in partners if document.stem in one.industries),
        }

    def _check_programme(
        self,
        document: Document,
        place: int,
        programme: Programme,
        industry: Industry,
        certifiers: Mapping[str, Certifier],
    ) -> None:
        """Report a programme whose certifier or credentials the industry does not have."""
        if programme.certifier not in industry.certifiers:
            allowed = ", ".join(sorted(industry.certifiers))
            text = f"'{programme.certifier}' is no certifier of the industry; allowed: {allowed}"
            self.wrong(document, ("programmes", place, "certifier"), text)
            return
        codes = certifiers[programme.certifier].codes
        if codes and not codes.issuperset(programme.credentials):
            text = f"{programme.certifier} has no such credential; allowed: {', '.join(sorted(codes))}"
            self.wrong(document, ("programmes", place, "credentials"), text)

    def check_partners(self, agreements: Mapping[str, AnyAgreement], certifiers: Mapping[str, Certifier]) -> None:
        """Report a partner of an unknown industry or certifier, and two agreements of one partner about one industry."""
        partners = {id_: one for id_, one in sorted(agreements.items()) if isinstance(one, ReturnAgreement)}
        if not partners:
            return
        files = {document.stem: document for document in self.documents("agreements") if document.stem in partners}
        industries, known = (file_names(self.roots, folder) for folder in ("industries", "certifiers"))
        seen: dict[tuple[str, str], str] = {}
        for id_, one in partners.items():
            self._check_industries(files[id_], one.industries, industries)
            for industry in one.industries:
                other = seen.setdefault((one.partner, industry), id_)
                if other != id_:
                    text = f"agreements/{other}.yml is about the same partner and industry; keep one"
                    self.wrong(files[id_], ("partner",), text)
            if one.role == "certifier" and one.of not in known:
                self.wrong(files[id_], ("of",), f"there is no such certifier; allowed: {', '.join(sorted(certifiers))}")

    def check_requests(self, agreements: Mapping[str, AnyAgreement]) -> None:
        """Report a request about an unknown industry, and two agreements that allow one code to ask about one industry."""
        asking = {id_: one for id_, one in sorted(agreements.items()) if isinstance(one, RequestAgreement)}
        files = {document.stem: document for document in self.documents("agreements") if document.stem in asking}
        industries = file_names(self.roots, "industries")
        seen: dict[tuple[str, str], str] = {}
        for id_, one in asking.items():
            self._check_industries(files[id_], one.industries, industries)
            for place, code in enumerate(one.codes):
                others = {seen.setdefault((code, industry), id_) for industry in one.industries} - {id_}
                if others:
                    text = f"agreements/{min(others)}.yml is about the same code and industry; keep one"
                    self.wrong(files[id_], ("codes", place), text)

    def _check_industries(self, document: Document, named: Sequence[str], known: Collection[str]) -> None:
        for place, industry in enumerate(named):
            if industry not in known:
                text = f"there is no industry '{industry}'; allowed: {', '.join(sorted(known))}"
                self.wrong(document, ("industries", place), text)


def _refuse(mistake: SafeError) -> None:
    raise mistake


def load_registry(extra: Path | None = None, report: Report = _refuse) -> Registry:
    """Load and check the whole registry.

    Args:
        extra: Folder with any of ``industries/``, ``certifiers/``, ``agreements/`` and ``programmes/`` that is laid over the
            built-in one.
        report: Takes each mistake; by default the first one is raised. Files with mistakes are not in what is returned.

    Raises:
        SafeError: E_REGISTRY_FOLDER, E_REGISTRY_NAME, E_REGISTRY_YAML, E_REGISTRY: file, line, key, what is allowed.
    """
    roots = [BUILT_IN]
    if extra is not None:
        if any((extra / folder).is_dir() for folder in _FOLDERS):
            roots.append(extra)
        else:
            folders = ", ".join(f"{folder}/" for folder in _FOLDERS)
            message = f"the extra registry folder holds none of {folders}; check --registry"
            report(SafeError("E_REGISTRY_FOLDER", message))
    reading = _Reading(roots, report)
    agreements = reading.agreements()
    certifiers = reading.certifiers()
    industries = reading.industries(agreements, certifiers)
    reading.check_partners(agreements, certifiers)
    reading.check_requests(agreements)
    return Registry(industries, certifiers, agreements)
