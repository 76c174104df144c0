"""The sequence model in torch, and how it is trained and exported. Its numpy twin is `bottega.intent.sequence`."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from bottega.intent.sequence import TABLES
from bottega.intent.tokens import CONCEPTS, FACTS, GRAMS, WORDS, Tokens

HEADS = 4
INNER = 128


@dataclass(frozen=True)
class Settings:
    width: int = 128
    epochs: int = 8
    rate: float = 2e-3
    decay: float = 1e-2
    dropout: float = 0.2
    lost_words: float = 0.1
    smoothing: float = 0.1
    batch: int = 64


@dataclass(frozen=True)
class Batch:
    """Padded sentences: words, mask and kept are batch x length, meaning batch x length x dimensions; the bags as
    EmbeddingBag wants them."""

    words: Tensor
    mask: Tensor
    kept: Tensor
    meaning: Tensor
    grams: tuple[Tensor, Tensor]
    concepts: tuple[Tensor, Tensor]
    facts: tuple[Tensor, Tensor]


def batch_of(sentences: Sequence[Tokens], lost_words: float = 0.0) -> Batch:
    """One batch; `lost_words` is the share of words that are blanked out, for training."""
    length, count = max(len(each.words) for each in sentences), len(sentences)
    words = torch.full((count, length), WORDS)
    mask = torch.zeros(count, length)
    meaning = torch.zeros(count, length, sentences[0].meaning.shape[1])
    for row, each in enumerate(sentences):
        words[row, : len(each.words)] = torch.tensor(each.words)
        mask[row, : len(each.words)] = 1
        meaning[row, : len(each.words)] = torch.from_numpy(each.meaning)
    kept = (torch.rand(count, length) >= lost_words).float()
    starts = np.cumsum([0, *(len(each.facts) for each in sentences[:-1])])
    return Batch(
        words,
        mask,
        kept,
        meaning,
        _bag([each.grams for each in sentences], [each.gram_rows for each in sentences], length),
        _bag([each.concepts for each in sentences], [each.concept_rows for each in sentences], length),
        (torch.tensor([place for each in sentences for place in each.facts]), torch.from_numpy(starts)),
    )


def _bag(values: list[list[int]], rows: list[list[int]], length: int) -> tuple[Tensor, Tensor]:
    flat = np.concatenate([np.asarray(own, np.int64) + place * length for place, own in enumerate(rows)])
    starts = np.searchsorted(flat, np.arange(len(values) * length))
    return torch.tensor([value for own in values for value in own], dtype=torch.long), torch.from_numpy(
        starts
    )


class Network(nn.Module):
    """Word, letter and concept embeddings; a bidirectional GRU; attention and maximum over the words; two layers."""

    def __init__(self, settings: Settings, labels: int, meaning: int) -> None:
        super().__init__()
        width = settings.width
        self.word = nn.Embedding(WORDS + 1, width, padding_idx=WORDS)
        self.gram = nn.EmbeddingBag(GRAMS, width, mode="mean")
        self.concept = nn.EmbeddingBag(CONCEPTS, width, mode="sum")
        self.fact = nn.EmbeddingBag(FACTS, width, mode="sum")
        for table in (self.word, self.gram, self.concept, self.fact):
            nn.init.normal_(table.weight, 0, 0.1)
        with torch.no_grad():
            self.word.weight[WORDS] = 0
        self.meaning = nn.Linear(meaning, width, bias=False)
        self.norm = nn.LayerNorm(width)
        self.gru = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.heads = nn.Linear(2 * width, HEADS)
        self.inner = nn.Linear(2 * width * (HEADS + 1) + width, INNER)
        self.outer = nn.Linear(INNER, labels)
        self.drop = nn.Dropout(settings.dropout)

    def forward(self, batch: Batch) -> Tensor:
        count, length = batch.words.shape
        facts = self.fact(*batch.facts)
        letters = self.gram(*batch.grams).view(count, length, -1)
        read = (self.word(batch.words) + letters + self.meaning(batch.meaning)) * batch.kept[..., None]
        read = read + self.concept(*batch.concepts).view(count, length, -1) + facts[:, None]
        read = self.drop(self.norm(read))
        lengths = batch.mask.sum(1).long()
        packed = nn.utils.rnn.pack_padded_sequence(read, lengths, batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.gru(packed)[0], batch_first=True, total_length=length
        )
        states = self.drop(states)
        absent = batch.mask[..., None] == 0
        attention = self.heads(states).masked_fill(absent, -1e9).softmax(dim=1)
        pooled = torch.einsum("blh,blw->bhw", attention, states).flatten(1)
        highest = states.masked_fill(absent, -1e9).amax(dim=1)
        together = self.drop(torch.cat([pooled, highest, facts], dim=1))
        inner = nn.functional.gelu(self.inner(together), approximate="tanh")
        return self.outer(self.drop(inner))


def fit_network(
    versions: Sequence[Sequence[Tokens]], labels: np.ndarray, classes: int, settings: Settings, seed: int
) -> Network:
    """A network from sentences. `versions[0]` are the sentences as written, the others the same with slips of the
    keyboard; in each epoch half of the sentences are shown as written."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    written, slipped = versions[0], versions[1:]
    network = Network(settings, classes, written[0].meaning.shape[1])
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.decay, fused=True
    )
    count = len(written)
    per_epoch = -(-count // settings.batch) + 16
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=settings.epochs * per_epoch, pct_start=0.15
    )
    network.train()
    for _ in range(settings.epochs):
        for places in _batches([len(each.words) for each in written], settings.batch, chance):
            sentences = [
                written[k] if not slipped or chance.random() < 0.5 else chance.choice(slipped)[k]
                for k in places
            ]
            scores = network(batch_of(sentences, settings.lost_words))
            loss = nn.functional.cross_entropy(
                scores, torch.from_numpy(labels[places]), label_smoothing=settings.smoothing
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    _forget_unseen(network, versions)
    return network.eval()


def _batches(lengths: list[int], size: int, chance: random.Random) -> list[list[int]]:
    """All places in random order, in batches of sentences of similar length."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    pool = size * 16
    batches: list[list[int]] = []
    for start in range(0, len(order), pool):
        part = sorted(order[start : start + pool], key=lambda place: lengths[place])
        batches += [part[at : at + size] for at in range(0, len(part), size)]
    chance.shuffle(batches)
    return batches


def _forget_unseen(network: Network, versions: Sequence[Sequence[Tokens]]) -> None:
    """Rows of the tables that no sentence used hold their random beginning: noise, so it is cleared."""
    for name in TABLES:
        kind = f"{name}s"
        used = {place for sentences in versions for each in sentences for place in getattr(each, kind)}
        table = getattr(network, name).weight
        with torch.no_grad():
            table[[place for place in range(len(table)) if place not in used]] = 0


def scores_of(network: Network, sentences: Sequence[Tokens]) -> np.ndarray:
    """Logarithms of the labels' probabilities, sentences x labels."""
    order = sorted(range(len(sentences)), key=lambda place: len(sentences[place].words))
    found: np.ndarray | None = None
    with torch.no_grad():
        for start in range(0, len(order), 128):
            places = order[start : start + 128]
            scores = network(batch_of([sentences[k] for k in places])).log_softmax(dim=1).numpy()
            found = np.zeros((len(sentences), scores.shape[1]), np.float32) if found is None else found
            found[places] = scores
    return np.zeros((0, 0), np.float32) if found is None else found


def arrays_of(networks: Sequence[Network]) -> dict[str, np.ndarray]:
    """The weights as `bottega.intent.sequence` reads them, stacked: tables int8, the rest float16."""
    each = [_arrays_of_one(network) for network in networks]
    return {name: np.stack([arrays[name] for arrays in each]) for name in each[0]}


def _arrays_of_one(network: Network) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for name in TABLES:
        table = getattr(network, name).weight.detach().numpy()
        table = table[:WORDS] if name == "word" else table
        scale = np.maximum(np.abs(table).max(axis=0, keepdims=True), 1e-9).astype(np.float32) / 127
        found[name] = np.rint(table / scale).astype(np.int8)
        found[f"{name}.scale"] = scale
    given = {name: value.detach().numpy() for name, value in network.named_parameters()}

    def both(name: str) -> np.ndarray:
        return np.stack([given[f"gru.{name}_l0"], given[f"gru.{name}_l0_reverse"]])

    small = {
        "meaning": given["meaning.weight"].T,
        "norm.scale": given["norm.weight"][None],
        "norm.shift": given["norm.bias"][None],
        "input.weight": both("weight_ih").transpose(0, 2, 1),
        "input.bias": both("bias_ih")[:, None],
        "state.weight": both("weight_hh").transpose(0, 2, 1),
        "state.bias": both("bias_hh")[:, None],
    }
    for part in ("heads", "inner", "outer"):
        small[f"{part}.weight"] = given[f"{part}.weight"].T
        small[f"{part}.bias"] = given[f"{part}.bias"][None]
    return found | {name: value.astype(np.float16) for name, value in small.items()}
