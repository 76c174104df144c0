import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { useDebounced } from "@/lib/hooks";
import { SelectField, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { CATEGORIES, type Category } from "./categories";
import { isPrice, writtenQuestion, type ProductQuestion } from "./product-question";
import { words } from "./words";

/** What shops sell, by a sentence and filters; how the sentence was understood is said. */
export function SearchTab() {
  const t = useWords(words);
  const [text, setText] = useState("");
  const [category, setCategory] = useState<Category | "">("");
  const [colour, setColour] = useState("");
  const [most, setMost] = useState("");
  const asked = useDebounced(writtenQuestion({ text, category, colour, most }), 400);
  const found = useQuery({
    queryKey: ["products", asked],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/products", {
          params: { query: JSON.parse(asked ?? "{}") as ProductQuestion },
          signal,
        }),
      ),
    enabled: asked !== null,
  });
  return (
    <div className="flex flex-col gap-5">
      <Card>
        <div className="grid gap-3 sm:grid-cols-4">
          <TextField
            label={t("search.words")}
            placeholder={t("search.sample")}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          <SelectField
            label={t("search.category")}
            value={category}
            choices={[
              { value: "", label: t("search.any") },
              ...CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) })),
            ]}
            onChange={({ target }) => setCategory(target.value as Category | "")}
          />
          <TextField
            label={t("search.colour")}
            value={colour}
            onChange={({ target }) => setColour(target.value)}
          />
          <TextField
            label={t("search.most")}
            inputMode="decimal"
            value={most}
            error={isPrice(most) ? undefined : t("search.most.wrong")}
            onChange={({ target }) => setMost(target.value)}
          />
        </div>
      </Card>
      {asked === null && (
        <EmptyState title={t("search.begin")} icon="zoom">
          {t("search.none.hint")}
        </EmptyState>
      )}
      {found.isFetching && found.data === undefined && <Loading label={t("checking")} />}
      {found.isError && <ProblemNote error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.products.length === 0 && (
        <EmptyState title={t("search.none")} icon="zoom">
          {t("search.none.hint")}
        </EmptyState>
      )}
      <ul aria-live="polite" className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {found.data?.products.map((product, at) => (
          <li key={at} className="rounded-card border border-line bg-surface p-4 text-sm">
            <p className="font-medium">{textOf(product.title ?? product.name)}</p>
            <p className="text-muted">
              {[product.brand, product.shop].map(textOf).filter(Boolean).join(" · ")}
            </p>
            <p>{priceOf(product.price)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function priceOf(price: unknown): string {
  if (typeof price !== "object" || price === null) return textOf(price);
  const { amount, currency, text } = price as Record<string, unknown>;
  return textOf(text) || `${textOf(amount)} ${textOf(currency)}`;
}
