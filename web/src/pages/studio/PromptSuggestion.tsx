import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { changeDraft, type Draft } from "@/lib/draft";
import { useDebounced } from "@/lib/hooks";
import { diffWords } from "@/lib/word-diff";
import { Button } from "@/ui/Button";
import { words } from "./words";

/** A fuller wording of a short sentence, as a difference that can be refused. Nothing is changed without a click. */
export function PromptSuggestion({ draft }: { draft: Draft }) {
  const t = useWords(words);
  const [refused, setRefused] = useState<string | null>(null);
  const prompt = useDebounced(draft.prompt.trim(), 600);
  const working = draft.pictures.find((picture) => picture.role === "working");
  const suggestion = useQuery({
    queryKey: ["suggestion", prompt, working?.assetId],
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/v1/enhanced/process", {
          body: {
            prompt,
            use_ai_classification: true,
            working_image_url: working === undefined ? null : `asset:${working.assetId}`,
          },
          signal,
        }),
      ),
    select: (answer) => answer.metadata.suggested_prompt,
    enabled: prompt !== "",
    staleTime: Infinity,
    retry: false,
  }).data;
  if (typeof suggestion !== "string" || suggestion === prompt || refused === prompt) return null;
  return (
    <section className="rounded-lg border border-line bg-paper p-3 text-sm">
      <h3 className="text-base">{t("suggest.title")}</h3>
      <p className="text-muted">{t("suggest.lead")}</p>
      <p className="my-2">
        {diffWords(prompt, suggestion).map((piece, index) => {
          if (piece.kind === "added") {
            return (
              <ins key={index} className="rounded bg-tint text-accent no-underline">
                {piece.text}
              </ins>
            );
          }
          if (piece.kind === "removed") {
            return (
              <del key={index} className="text-muted">
                {piece.text}
              </del>
            );
          }
          return <span key={index}>{piece.text}</span>;
        })}
      </p>
      <div className="flex gap-2">
        <Button onClick={() => changeDraft({ prompt: suggestion })}>{t("suggest.take")}</Button>
        <Button look="quiet" onClick={() => setRefused(prompt)}>
          {t("suggest.keep")}
        </Button>
      </div>
    </section>
  );
}
