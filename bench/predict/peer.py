"""The same model in eager PyTorch: logits, softmax and top of the same batches, which lie ready in memory.

usage: peer.py DIRECTORY THREADS

DIRECTORY holds case.json and raw little-endian files. Checks one row of logits against ours, then prints the seconds for all batches and the
milliseconds of single users.
"""
import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

directory, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
case = json.loads((directory / "case.json").read_text())
model, decays, top = case["model"], case["habitDecays"], case["top"]
V, layers, heads, D = model["behaviours"], model["layers"], model["heads"], 4 * model["streamWidth"]
K = len(decays)


def read(name, kind, *shape):
    return torch.from_numpy(numpy.fromfile(directory / f"{name}.bin", dtype=kind).reshape(shape))


flat = read("parameters", "<f4", -1)
p = {s["name"]: flat[s["offset"] : s["offset"] + s["size"]].reshape(s["shape"]) for s in case["slices"]}


def linear(name, x):
    return torch.addmm(p[f"{name}.bias"], x, p[f"{name}.weight"])


def norm(x):
    return F.layer_norm(x, (D,))


def mix_with_habit(behaviour, prior, m, h):
    """At the last event of each row only: all that a prediction needs."""
    B, I = behaviour.shape
    known = behaviour < V
    last = (behaviour != V + 1).sum(1, keepdim=True) - 1
    age = last - torch.arange(I)
    seen = (age >= 0) & known
    memories = []
    for k, decay in enumerate(decays):
        weights = decay ** age.clamp(min=0).float() * seen
        memory = prior[:, k] * decay ** (last + 1).float()
        memories.append(memory.scatter_add(1, behaviour.clamp(max=V - 1), weights))
    n = torch.stack(memories, 1)
    totals = n.sum(-1)
    evidence = torch.log(1 + totals[:, :1]) * p["habit.gate.history"]
    gates = F.softmax(linear("habit.gate", h) + evidence, -1)
    habit = ((gates[:, 1:] / (totals + 0.01)).unsqueeze(1) @ n).squeeze(1)
    return torch.log(gates[:, :1] * F.softmax(m, -1) + habit + 1e-9) + p["habit.tilt"]


def last_logits(batch):
    tokens = batch["behaviour"]
    B, I = tokens.shape
    streams = [F.embedding(batch[name], p[f"embedding.{name}"]) for name in ("location", "weekday", "slot", "behaviour")]
    x = (torch.cat(streams, 2) + p["embedding.position"][:I]).view(B * I, D)
    visible = torch.ones(I, I, dtype=torch.bool).tril() & (tokens < V + 1).view(B, 1, 1, I)
    mask = torch.zeros(B, 1, I, I).masked_fill(~visible, -1e9)
    for layer in range(layers):
        name, normalised = f"block.{layer}.attention", norm(x)
        q, k, v = ((normalised @ p[f"{name}.{role}.weight"]).view(B, I, heads, -1).transpose(1, 2) for role in ("query", "key", "value"))
        weights = F.softmax(q @ k.transpose(-1, -2) / math.sqrt(D // heads) + mask, -1)
        x = x + (weights @ v).transpose(1, 2).reshape(B * I, D) @ p[f"{name}.projection.weight"]
        name = f"block.{layer}.mlp"
        x = x + F.relu(F.linear(norm(x), p[f"{name}.up.weight"])) @ p[f"{name}.down.weight"]
    last = (tokens != V + 1).sum(1) - 1
    h = norm(x.view(B, I, D)[torch.arange(B), last])
    m = linear("head.output", F.silu(linear("head.hidden", h)))
    return mix_with_habit(tokens, batch["priorCounts"], m, h) if model["habit"] else m


def predict(batch):
    return torch.topk(F.softmax(last_logits(batch), -1), min(top, V))


def load(index, size, length):
    batch = {
        name: read(f"{name}-{index}", "<i4", size, length).long() for name in ("behaviour", "location", "weekday", "slot")
    }
    return {**batch, "priorCounts": read(f"priorCounts-{index}", "<f4", size, K, V)}


def single(batch, row):
    length = int((batch["behaviour"][row] != V + 1).sum())
    return {
        name: values[row : row + 1] if name == "priorCounts" else values[row : row + 1, :length]
        for name, values in batch.items()
    }


with torch.inference_mode():
    batches = [load(index, shape["size"], shape["length"]) for index, shape in enumerate(case["shapes"])]
    users = [(batch, row) for batch in batches for row in range(len(batch["behaviour"]))]
    ours, theirs = read("logits", "<f4", V), last_logits(single(*users[0]))[0]
    difference = (ours - theirs).abs().max().item()
    assert difference < 1e-3, f"the logits differ by {difference}"
    predict(batches[0])
    start, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        predict(batch)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    times = []
    for user in users[: case["timedUsers"]]:
        row = single(*user)
        start = time.perf_counter()
        predict(row)
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "users": len(users), "times": times}))
