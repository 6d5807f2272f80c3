# Writes distances.csv: random pairs of samples, and their distances as SciPy and NumPy compute them.
#   python3 distances.py > distances.csv     (SciPy 1.17.1)
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

random = np.random.default_rng(20261123)
LEAST = 1e-6
print("kind;reference;current;edges;psi;kullback_leibler;jensen_shannon;hellinger;chi_square;kolmogorov_smirnov;wasserstein")


def shares(counts):
    return counts / counts.sum()


def bins(p_counts, q_counts):
    p, q = shares(p_counts), shares(q_counts)
    p1, q1 = np.maximum(p, LEAST), np.maximum(q, LEAST)
    psi = np.sum((q1 - p1) * np.log(q1 / p1))
    kl = stats.entropy(q, p) if np.all((p > 0) | (q == 0)) else np.sum([0 if b == 0 else b * np.log(b / a) for a, b in zip(p1, q)])
    js = jensenshannon(p, q)
    hellinger = np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)
    there = (p_counts + q_counts) > 0
    chi = stats.chi2_contingency(np.array([p_counts[there], q_counts[there]]), correction=False).statistic if there.sum() > 1 else 0.0
    return [psi, kl, js, hellinger, chi]


def text(values):
    return " ".join(repr(float(v)) for v in values)


for case in range(60):
    n, m = random.integers(2, 120, 2)
    if case % 3 == 0:
        a, b = random.normal(0, 1, n), random.normal(random.uniform(-2, 2), random.uniform(.2, 3), m)
    elif case % 3 == 1:
        a, b = random.integers(-5, 6, n).astype(float), random.integers(-8, 9, m).astype(float)
    else:
        a, b = random.exponential(100, n), random.exponential(random.uniform(10, 900), m)
    edges = np.unique(random.uniform(a.min(), a.max() + 1e-9, random.integers(1, 9)))
    p = np.bincount(np.searchsorted(edges, a, side="right"), minlength=len(edges) + 1)
    q = np.bincount(np.searchsorted(edges, b, side="right"), minlength=len(edges) + 1)
    ks = stats.ks_2samp(a, b).statistic
    wasserstein = stats.wasserstein_distance(a, b)
    print(";".join(["numbers", text(a), text(b), text(edges)] + [repr(float(x)) for x in bins(p, q) + [ks, wasserstein]]))

for case in range(40):
    k = random.integers(2, 12)
    a = random.integers(0, 50, k)
    b = random.integers(0, 50, k)
    a[0] += 1
    b[-1] += 1
    print(";".join(["categories", text(a), text(b), ""] + [repr(float(x)) for x in bins(a, b)] + ["", ""]))
