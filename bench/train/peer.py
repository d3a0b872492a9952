"""The same model, loss and optimizer as src/main/model, in eager PyTorch: the peer of the training benchmark and an oracle of its gradients.

usage: peer.py DIRECTORY THREADS FOREACH SECONDS

DIRECTORY holds case.json and raw little-endian files (batch fields, parameters, first moment after one step). Checks that loss and clipped
gradient agree with ours, then trains for SECONDS and prints one JSON document.
"""
import json
import math
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

directory, threads, foreach, seconds = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "foreach", float(sys.argv[4])
torch.set_num_threads(threads)
case = json.loads((directory / "case.json").read_text())
model, B, I = case["model"], case["batch"], case["length"]
V, L, d, layers, heads = (model[key] for key in ("behaviours", "locations", "streamWidth", "layers", "heads"))
D = 4 * d
decays = case["habitDecays"]


def read(name, kind, *shape):
    return torch.from_numpy(numpy.fromfile(directory / f"{name}.bin", dtype=kind).reshape(shape))


flat = read("parameters", "<f4", -1)
p = {
    s["name"]: flat[s["offset"] : s["offset"] + s["size"]].reshape(s["shape"]).clone().requires_grad_()
    for s in case["slices"]
}
batch = {name: read(name, "<i4", B, I).long() for name in ("behaviour", "location", "weekday", "slot", "target")}
prior = read("priorCounts", "<f4", B, len(decays), V)


def linear(name, x):
    return torch.addmm(p[f"{name}.bias"], x, p[f"{name}.weight"])


def norm(x):
    return F.layer_norm(x, (D,))


def mix_with_habit(behaviour, m, h):
    one_hot = F.one_hot(behaviour.clamp(max=V), V + 1)[:, :, :V].float()
    age = torch.arange(I).view(I, 1) - torch.arange(I).view(1, I)
    within = [(decay ** age.clamp(min=0).float()) * (age >= 0) for decay in decays]
    before = [decay ** (torch.arange(I).float() + 1).view(I, 1) for decay in decays]
    known = (behaviour < V).float().unsqueeze(-1)
    totals = [w @ known + prior[:, k].sum(-1).view(B, 1, 1) * b for k, (w, b) in enumerate(zip(within, before))]
    evidence = torch.log(1 + totals[0]).view(B * I, 1) * p["habit.gate.history"]
    gates = F.softmax(linear("habit.gate", h) + evidence, -1).view(B, I, len(decays) + 1)
    trust = [gates[:, :, k + 1 : k + 2] / (total + 0.01) for k, total in enumerate(totals)]
    in_window = sum(weight * w for weight, w in zip(trust, within))
    past = torch.cat([weight * b for weight, b in zip(trust, before)], 2)
    habit = in_window @ one_hot + past @ prior
    generated = F.softmax(m, -1) * gates[:, :, :1].reshape(B * I, 1)
    return torch.log(generated + habit.view(B * I, V) + 1e-9) + p["habit.tilt"]


def logits():
    tokens = batch["behaviour"]
    streams = [F.embedding(batch[name], p[f"embedding.{name}"]) for name in ("location", "weekday", "slot", "behaviour")]
    x = (torch.cat(streams, 2) + p["embedding.position"][:I]).view(B * I, D)
    visible = torch.ones(I, I, dtype=torch.bool).tril() & (tokens < V + 1).view(B, 1, 1, I)
    mask = torch.zeros(B, 1, I, I).masked_fill(~visible, -1e9)
    for layer in range(layers):
        name = f"block.{layer}"
        normalised = norm(x)
        q, k, v = (
            (normalised @ p[f"{name}.attention.{role}.weight"]).view(B, I, heads, D // heads).transpose(1, 2)
            for role in ("query", "key", "value")
        )
        weights = F.softmax(q @ k.transpose(-1, -2) / math.sqrt(D // heads) + mask, -1)
        x = x + (weights @ v).transpose(1, 2).reshape(B * I, D) @ p[f"{name}.attention.projection.weight"]
        x = x + F.relu(norm(x) @ p[f"{name}.mlp.up.weight"].T) @ p[f"{name}.mlp.down.weight"]
    h = norm(x)
    m = linear("head.output", F.silu(linear("head.hidden", h)))
    return mix_with_habit(tokens, m, h) if model["habit"] else m


decaying = [p[s["name"]] for s in case["slices"] if s["kind"] == "weight"]
others = [p[s["name"]] for s in case["slices"] if s["kind"] != "weight"]
optimizer = torch.optim.AdamW(
    [{"params": decaying, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
    lr=case["learningRate"], betas=(0.9, 0.98), eps=1e-8, foreach=foreach,
)


def step(update=True):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(logits(), batch["target"].view(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
    if update:
        optimizer.step()
    return loss.item()


loss = step(update=False)
assert abs(loss - case["loss"]) < 1e-4 * abs(loss), f"loss {loss} here, {case['loss']} there"
ours = read("firstMoment", "<f4", -1) / 0.1
theirs = torch.cat([p[s["name"]].grad.reshape(-1) for s in case["slices"]])
difference = ((ours - theirs).norm() / theirs.norm()).item()
assert difference < 1e-3, f"the gradients differ by {difference} of their norm"

for _ in range(2):
    step()
walls, start = [], time.perf_counter()
usage = resource.getrusage(resource.RUSAGE_SELF)
while time.perf_counter() - start < seconds:
    before = time.perf_counter()
    step()
    walls.append(time.perf_counter() - before)
used = resource.getrusage(resource.RUSAGE_SELF)
cpu = used.ru_utime + used.ru_stime - usage.ru_utime - usage.ru_stime
print(json.dumps({"wall": statistics.median(walls), "cpu": cpu / len(walls), "steps": len(walls), "loss": loss, "gradientDifference": difference}))
