"""The front door of the engine: lists in, an estimate with its interval and its doubts out."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tutela.errors import Misuse
from tutela.estimation.averaging import Averaged, average
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import design_of
from tutela.estimation.diagnostics import (
    Caution,
    Sensitivity,
    reason_to_refuse,
    recaptures,
    sensitivity,
    warnings_about,
    warnings_from,
    warnings_of_latent,
)
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.latent_classes import latent_classes
from tutela.estimation.lists import ListTable, drop_empty_lists, pair_names
from tutela.estimation.profile import profile
from tutela.estimation.stepwise import Choice, choose

METHODS = ("stepwise", "bma", "latent", "both", "all")
DEFAULT_BOOTSTRAPS = 2000
CANNOT = "cannot be estimated"
FRAGILE = "fragile"
ESTIMATED = "estimated"
_MOST_WITHOUT = 0.025
_FAR_FROM_OBSERVED = 20.0


@dataclass(frozen=True)
class Estimate:
    """The answer. `estimate`, `lower`, `upper` are persons, seen and unseen together, and None
    when the verdict is "cannot be estimated"; `reason` then says why."""

    observed: int
    estimate: float | None
    lower: float | None
    upper: float | None
    method: str
    verdict: str
    reason: str
    warnings: tuple[Caution, ...]
    models: tuple[dict[str, Any], ...]
    by_method: dict[str, dict[str, Any]]
    diagnostics: dict[str, Any]
    seconds: float = field(compare=False)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`; numbers that do not exist are null, never zero."""
        return {
            "observed": self.observed,
            "estimate": _number(self.estimate),
            "lower": _number(self.lower),
            "upper": _number(self.upper),
            "method": self.method,
            "verdict": self.verdict,
            "reason": self.reason,
            "warnings": [w.as_dict() for w in self.warnings],
            "models": list(self.models),
            "by_method": self.by_method,
            "diagnostics": self.diagnostics,
            "seconds": round(self.seconds, 3),
        }


def estimate(
    table: ListTable,
    *,
    method: str = "both",
    bootstraps: int = DEFAULT_BOOTSTRAPS,
    seed: int = 1,
) -> Estimate:
    """Estimate the total behind the lists.

    With "both" the stepwise estimate and its bootstrap interval lead, and model averaging is shown
    beside it; "all" adds latent classes. The order of lists and rows changes nothing, and a list
    that knows nobody is left out with a warning. Raises Misuse for an unknown method or no
    bootstraps.
    """
    if method not in METHODS:
        raise Misuse(f"there is no method '{method}'", remedy=f"Choose {', '.join(METHODS)}.")
    if bootstraps < 100:
        raise Misuse(
            f"{bootstraps} bootstrap samples give no interval",
            remedy="Ask for at least 100.",
        )
    began = time.perf_counter()
    whole, empty = drop_empty_lists(_in_order_of_names(table))
    warnings = [
        Caution("empty-list", f"list {name} knows nobody and was left out") for name in empty
    ]
    reason = reason_to_refuse(whole)
    if reason is not None:
        return _refusal(whole, method, reason, warnings, began)
    warnings += warnings_about(whole)
    check = ExistenceCheck(design_of(len(whole.names)))
    results: dict[str, dict[str, Any]] = {"independence": _independence(whole, check)}
    models: list[dict[str, Any]] = []
    diagnostics: dict[str, Any] = {"recaptures": recaptures(whole), "sizes": whole.sizes()}
    if method in ("stepwise", "both", "all"):
        results["stepwise"], model, profiled = _stepwise(whole, check, bootstraps, seed)
        models.append(model)
        diagnostics["profile"] = profiled
    if method in ("bma", "both", "all"):
        results["bma"], weighted = _averaged(average(whole, seed=seed))
        models += weighted
    if method in ("latent", "all"):
        results["latent"] = asdict(latent_classes(whole, seed=seed))
    lead = results[method if method in ("bma", "latent") else "stepwise"]
    if not all(math.isfinite(lead[k]) for k in ("estimate", "lower", "upper")):
        return _refusal(whole, method, _no_finite_answer(lead), warnings, began)
    changes = sensitivity(whole)
    diagnostics["sensitivity"] = {c.change: _number(c.estimate) for c in changes}
    diagnostics["linear_programmes"] = check.programmes
    points = {name: float(r["estimate"]) for name, r in results.items()}
    warnings += warnings_from(lead["estimate"], points, changes)
    warnings += warnings_of_latent(results)
    return Estimate(
        observed=whole.observed,
        estimate=lead["estimate"],
        lower=lead["lower"],
        upper=lead["upper"],
        method=method,
        verdict=_verdict(whole, lead, warnings, changes),
        reason="",
        warnings=tuple(warnings),
        models=tuple(models),
        by_method={n: {k: _number(v) for k, v in r.items()} for n, r in results.items()},
        diagnostics=diagnostics,
        seconds=time.perf_counter() - began,
    )


def _in_order_of_names(table: ListTable) -> ListTable:
    """Lists sorted by name, so that neither their order nor that of the rows can matter."""
    order = sorted(range(len(table.names)), key=lambda i: table.names[i])
    masks = np.arange(table.counts.size)
    moved = np.zeros_like(masks)
    for place, i in enumerate(order):
        moved |= ((masks >> i) & 1) << place
    counts = np.zeros_like(table.counts)
    counts[moved] = table.counts
    return ListTable(tuple(table.names[i] for i in order), counts)


def _independence(table: ListTable, check: ExistenceCheck) -> dict[str, Any]:
    none = np.zeros(len(pair_names(table)), dtype=bool)
    done = choose(
        design_of(len(table.names)),
        table.counts[None, 1:].astype(np.float64),
        check=check,
        fixed=none,
    )
    return {"estimate": float(done.totals[0])}


def _stepwise(
    table: ListTable, check: ExistenceCheck, bootstraps: int, seed: int
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    design = design_of(len(table.names))
    counts = table.counts[1:]
    chosen = choose(design, counts[None, :].astype(np.float64), check=check)
    total = float(chosen.totals[0])
    if not math.isfinite(total):
        return {"estimate": total, "lower": total, "upper": total}, _model(table, chosen), {}
    interval = bca_interval(design, counts, total, bootstraps=bootstraps, seed=seed, check=check)
    share_without = interval.without_estimate / bootstraps
    upper = interval.upper if share_without <= _MOST_WITHOUT else math.inf
    followed = profile(design.lists, table.counts, chosen.pairs[0], chosen.infinite[0], total)
    result = {
        "estimate": total,
        "lower": interval.lower,
        "upper": upper,
        "bootstraps": bootstraps,
        "acceleration": interval.acceleration,
        "bias_correction": interval.bias,
        "samples_without_estimate": interval.without_estimate,
    }
    return (
        result,
        _model(table, chosen),
        {"lower": _number(followed.lower), "upper": _number(followed.upper)},
    )


def _model(table: ListTable, chosen: Choice) -> dict[str, Any]:
    pairs = pair_names(table)
    first = 1 + len(table.names)
    return {
        "method": "stepwise",
        "pairs": [list(pairs[k]) for k in np.flatnonzero(chosen.pairs[0])],
        "effects": {
            f"{pairs[k][0]}:{pairs[k][1]}": (
                "-infinity"
                if chosen.infinite[0, k]
                else round(float(chosen.fits.coefficients[0, first + k]), 6)
            )
            for k in np.flatnonzero(chosen.pairs[0])
        },
        "weight": 1.0,
        "estimate": _number(float(chosen.totals[0])),
    }


def _averaged(result: Averaged) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    summary = {
        "estimate": result.estimate,
        "mean": result.mean,
        "lower": result.lower,
        "upper": result.upper,
        "graphs": result.graphs_considered,
        "monte_carlo_error": result.monte_carlo_error,
        "mass_at_end_of_range": result.truncated,
    }
    graphs = [
        {"method": "bma", "pairs": [list(e) for e in g.edges], "weight": round(g.weight, 6)}
        for g in result.graphs
    ]
    return summary, graphs


def _no_finite_answer(lead: dict[str, Any]) -> str:
    if not math.isfinite(lead["estimate"]):
        return "no finite estimate exists: the overlaps do not fix the number of the unseen"
    return (
        f"{lead['samples_without_estimate']} of {lead['bootstraps']} resamplings carry no "
        "estimate, so no interval can be given"
    )


def _verdict(
    table: ListTable,
    lead: dict[str, Any],
    warnings: list[Caution],
    changes: list[Sensitivity],
) -> str:
    grave = {"two-lists", "few-overlaps", "methods-disagree", "unequal-chances", "chains-disagree"}
    if lead["upper"] > _FAR_FROM_OBSERVED * table.observed:
        return FRAGILE
    if any(w.code in grave for w in warnings) or any(math.isinf(c.estimate) for c in changes):
        return FRAGILE
    return ESTIMATED


def _refusal(
    table: ListTable, method: str, reason: str, warnings: list[Caution], began: float
) -> Estimate:
    return Estimate(
        table.observed,
        None,
        None,
        None,
        method,
        CANNOT,
        reason,
        tuple(warnings),
        (),
        {},
        {"recaptures": recaptures(table), "sizes": table.sizes()},
        time.perf_counter() - began,
    )


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return None if not math.isfinite(value) else round(value, 6)
    return value
