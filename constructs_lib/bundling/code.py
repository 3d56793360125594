"""Python code for a Lambda function, as CDK takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.bundling.builder import Plan, Recipe
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.target import Target
from constructs_lib.checks import Check

__all__ = ["PythonCode"]

_DEFAULT_CACHE = Path(".cache/bundling")
_NOT_BUNDLED = "The CDK CLI excluded this function's stack, so its code was not bundled.\n"


@dataclass(frozen=True, kw_only=True)
class PythonCode:
    """A folder of Python code and what it requires; `from_folder` makes one and describes every part."""

    folder: Path
    requirements: Path | None = None
    extra_folders: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    exclude_packages: tuple[str, ...] = ()
    target: Target | None = None
    cache_folder: Path = _DEFAULT_CACHE

    @classmethod
    def from_folder(
        cls,
        path: str | Path,
        *,
        requirements: str | Path | None = None,
        extra_folders: Iterable[str | Path] = (),
        exclude: Iterable[str] = (),
        keep: Iterable[str] = (),
        exclude_packages: Iterable[str] = (),
        target: Target | None = None,
        cache_folder: str | Path | None = None,
    ) -> Self:
        """Bundle the folder at `path`. Nothing is read, checked or built before `bind`.

        Relative paths start in the current folder, which is where the CDK app runs.

        Args:
            path: the folder whose content becomes the root of the bundle.
            requirements: a requirements.txt, pyproject.toml or uv.lock; an empty file requires nothing. Left
                out, the folder's own uv.lock, requirements.txt or pyproject.toml is taken, in this order, and
                without any of them nothing is installed.
            extra_folders: more folders whose contents are added at the root; requirements in them are not read.
            exclude: patterns of source files to leave out, read as in a .gitignore, beside `DEFAULT_EXCLUDE`.
            keep: patterns of files of the bundle to keep although they are excluded, by default too, or
                stripped from an installed package, e.g. "numpy/tests" or "*.dist-info/RECORD".
            exclude_packages: distributions not to install although they are required, e.g. "boto3" and
                "botocore", which Lambda's Python runtimes bring. What they require in turn is installed
                unless it is named too; a name that is not required changes nothing.
            target: what to bundle for. Left out, the function's runtime and architecture decide.
            cache_folder: where bundles are kept. Left out, .cache/bundling in the current folder.
        """
        return cls(
            folder=Path(path),
            requirements=None if requirements is None else Path(requirements),
            extra_folders=tuple(Path(extra) for extra in extra_folders),
            exclude=_strings(exclude),
            keep=_strings(keep),
            exclude_packages=_strings(exclude_packages),
            target=target,
            cache_folder=_DEFAULT_CACHE if cache_folder is None else Path(cache_folder),
        )

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the sources are."""
        return (self.folder, *self.extra_folders)

    def may_hold(self, module: str) -> bool:
        """Whether the top-level `module` can be in the bundle: among the sources, or in a package they require."""
        if not all(folder.is_dir() for folder in self.folders):
            return True  # `bind` says so
        if any((folder / module).is_dir() or (folder / f"{module}.py").is_file() for folder in self.folders):
            return True
        names = ("uv.lock", "requirements.txt", "pyproject.toml")
        return self.requirements is not None or any((self.folder / name).is_file() for name in names)

    def bind(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runtime: lambda_.Runtime,
        architecture: lambda_.Architecture,
    ) -> lambda_.Code:
        """The code for the function that will be `construct_id` in `scope`, built unless it is in the cache.

        For a stack that the CDK CLI excludes nothing is built: if the bundle is not in the cache, a file that
        Lambda would refuse takes its place under the same hash. (If uv would have to be asked for versions
        first, that hash is provisional.)

        Args:
            scope: the construct that the function will be in; errors start with its path.
            construct_id: the function's id there.
            runtime: the function's runtime, a Python one.
            architecture: the function's architecture.

        Raises:
            ConfigurationError: the code cannot be bundled; the message says why and what to do.
        """
        check = Check(scope, construct_id)
        try:
            required = Target.for_runtime(runtime.name, architecture.name)
            cache = Cache(self.cache_folder.absolute())
            plan = Plan(self._recipe(self.target or required), cache)
            asset = plan.finished()
            if asset is None:
                asset = plan.build() if cdk.Stack.of(scope).bundling_required else _placeholder(cache)
        except BundlingError as error:
            check.fail(error.problem, remedy=error.remedy)
        except OSError as error:
            check.fail(
                f"a file of the bundle cannot be read or written: {error}.", remedy="Correct its permissions."
            )
        if plan.unpinned:
            cdk.Annotations.of(scope).add_warning_v2(
                "constructs-lib:bundling:unpinned",
                f"{construct_id}: the requirements leave the versions of {', '.join(plan.unpinned)} open, so "
                "another machine may bundle others. Compile them with uv pip compile --generate-hashes.",
            )
        # CUSTOM, so that CDK does not read the bundle again, and takes what is in cdk.out already.
        return lambda_.Code.from_asset(
            str(asset), asset_hash=plan.digest, asset_hash_type=cdk.AssetHashType.CUSTOM
        )

    def _recipe(self, target: Target) -> Recipe:
        return Recipe(
            folder=self.folder,
            extra_folders=self.extra_folders,
            requirements=self.requirements,
            exclude=self.exclude,
            keep=self.keep,
            exclude_packages=self.exclude_packages,
            target=target,
        )


def _placeholder(cache: Cache) -> Path:
    """A zip by name only: CDK stages it beside, not in place of, what a later synthesis bundles."""
    return cache.file("not-bundled.zip", _NOT_BUNDLED)


def _strings(given: Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
