"""What a linkage run reports of itself: invented figures for releases in tests."""

ROW = {
    "persons": 40, "records": 90, "precision": 0.99, "recall": 0.97, "f1": 0.98,
    "count_error": 0.02,
}  # fmt: skip
BINS = [
    {"claimed": 0.1, "found": 0.05, "pairs": 60, "stands_for": 333.0},
    {"claimed": 0.93, "found": 0.9, "pairs": 700, "stands_for": 4567.0},
]
PART = {
    "records": 98_761,
    "clusters": 54_321,
    "calibration": {
        "method": "logistic",
        "expected_error": {"model": 0.05, "calibrated": 0.01},
        "reliability": BINS,
    },
    "planted": {
        "all": ROW,
        "by": {"culture": {"arabic": {**ROW, "count_error": 0.05}, "dutch": ROW}},
        "spread": {"culture": 0.03},
    },
    "count_interval": {
        "counted": 54_321, "expected": 53_000.0, "lower": 52_500.0, "upper": 53_500.0,
        "level": 0.95, "draws": 30,
    },
}  # fmt: skip
REPORT = {"method": "Fellegi-Sunter", "threshold": 0.5, "roles": {"victim": PART, "suspect": {}}}
