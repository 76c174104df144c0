import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { thumbnailUrl } from "@/api/assets";
import { api, ask } from "@/api/client";
import type { SubmitBody } from "@/api/types";
import { useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, EmptyState } from "@/ui/Surface";
import { wardrobeQuery, type Look, type Piece } from "./api";
import { PicturesCard } from "./PicturesCard";
import { words } from "./words";

const COUNT = 5;

/** Whole looks for an occasion and a budget; what is locked stays when they are composed anew. */
export function Looks() {
  const t = useWords(words);
  const [occasion, setOccasion] = useState("");
  const [budget, setBudget] = useState("");
  const [locked, setLocked] = useState<readonly string[]>([]);
  const [seed, setSeed] = useState(0);
  const wardrobe = useQuery(wardrobeQuery).data ?? [];
  const own = new Map(wardrobe.flatMap(({ id, asset_id }) => (asset_id === "" ? [] : [[id, asset_id]])));
  const looks = useMutation({
    mutationFn: (wanted: number) =>
      ask(
        api.POST("/api/v1/fashion/outfits", {
          body: {
            occasion,
            budget,
            locked: [...locked],
            seed: wanted,
            count: COUNT,
            rain: false,
            source: "both",
            styles: [],
          },
        }),
      ),
  });
  const [drawn, setDrawn] = useState<SubmitBody | null>(null);
  const compose = (): void => {
    looks.mutate(seed);
    setDrawn({
      prompt: "",
      workflow: "outfit",
      inputs: [],
      options: { occasion, budget, locked: [...locked], seed, count: COUNT },
    });
    setSeed(seed + 1);
  };
  const toggle = (id: string): void =>
    setLocked((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id]));
  return (
    <div className="flex flex-col gap-5">
      <Card>
        <div className="flex flex-wrap items-end gap-3">
          <div className="flex-1 basis-52">
            <TextField
              label={t("looks.occasion")}
              value={occasion}
              onChange={({ target }) => setOccasion(target.value)}
            />
          </div>
          <div className="w-40">
            <TextField
              label={t("looks.budget")}
              placeholder="200 EUR"
              value={budget}
              onChange={({ target }) => setBudget(target.value)}
            />
          </div>
          <Button look="primary" disabled={looks.isPending} onClick={compose}>
            {t(looks.data === undefined ? "looks.compose" : "looks.again")}
          </Button>
        </div>
        {locked.length > 0 && (
          <p className="mt-2 text-sm text-muted">{t("looks.locked", { count: locked.length })}</p>
        )}
      </Card>
      {looks.isError && <ProblemNote error={looks.error} />}
      <div aria-live="polite" className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {((looks.data?.looks ?? []) as unknown as Look[]).map((look) => (
          <LookCard key={look.id} look={look} own={own} locked={locked} onLock={toggle} />
        ))}
      </div>
      {looks.data?.looks.length === 0 && (
        <EmptyState title={t("looks.none")} icon="fashion">
          {looks.data.missing.map(({ message }) => message).join(" ")} {t("looks.none.hint")}
        </EmptyState>
      )}
      {(looks.data === undefined || looks.data.looks.length > 0) && (
        <PicturesCard
          studio="outfit"
          title={t("looks.boards")}
          lead={t("looks.boards.lead")}
          body={looks.isSuccess ? drawn : null}
        />
      )}
    </div>
  );
}

function LookCard({
  look,
  own,
  locked,
  onLock,
}: {
  look: Look;
  /** Pictures of one's own clothes by their ids. */
  own: ReadonlyMap<string, string>;
  locked: readonly string[];
  onLock: (id: string) => void;
}) {
  const t = useWords(words);
  return (
    <Card title={look.total?.text ?? t("looks.owned")}>
      <ul className="flex flex-col gap-2">
        {look.pieces.map((piece: Piece) => (
          <li key={piece.id} className="flex items-center justify-between gap-2 text-sm">
            {own.has(piece.id) && (
              <img
                src={thumbnailUrl(own.get(piece.id) ?? "", 128)}
                alt=""
                className="squares size-14 rounded-lg object-contain"
              />
            )}
            <span className="min-w-0 flex-1">
              {piece.title} {piece.owned ? <Badge tone="good">{t("looks.mine")}</Badge> : piece.price}
            </span>
            <Button look="quiet" aria-pressed={locked.includes(piece.id)} onClick={() => onLock(piece.id)}>
              {locked.includes(piece.id) && <Icon name="check" className="size-4" />}
              <span aria-hidden="true">{t("looks.lock")}</span>
              <span className="sr-only">{t("looks.lock.name", { name: piece.title })}</span>
            </Button>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-muted">{[...look.reasons, look.tip].filter(Boolean).join(" ")}</p>
    </Card>
  );
}
