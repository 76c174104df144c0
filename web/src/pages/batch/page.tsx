import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type DragEvent } from "react";
import { api, ask } from "@/api/client";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { work as workWords } from "@/i18n/work";
import { formatPrice } from "@/lib/format";
import { useTitle, useWindowEvent } from "@/lib/hooks";
import { drawSamplePicture } from "@/lib/sample-picture";
import { uniqueKey } from "@/lib/unique-key";
import { Button } from "@/ui/Button";
import { TextArea, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading, PageHead } from "@/ui/Surface";
import { createBatch, formOf, isAmount, planBatch, sorted, type BatchWish } from "./api";
import { BatchCard } from "./BatchCard";
import { useBatchStories } from "./useBatchStories";
import { words } from "./words";

const EMPTY: BatchWish = { files: [], table: null, prompt: "", name: "", budget: "" };

/** Many files with one wish, or a table of wishes: the price of the whole first, then each item followed. */
export default function BatchPage() {
  const t = useWords(words);
  const c = useWords(common);
  useTitle(c("nav.batch"));
  const batches = useQuery({
    queryKey: ["batches"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/batches", { params: { query: { limit: 20 } }, signal })),
    select: (answer) => answer.batches,
    // For batches that were started elsewhere; those that are open are followed.
    refetchInterval: 20_000,
  });
  useBatchStories(batches.data ?? []);
  return (
    <>
      <PageHead title={t("heading")}>{t("lead")}</PageHead>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,28rem)_minmax(0,1fr)]">
        <NewBatch />
        <div className="flex min-w-0 flex-col gap-4">
          {batches.isPending && <Loading label={c("loading")} />}
          {batches.isError && <ProblemNote error={batches.error} onRetry={() => void batches.refetch()} />}
          {batches.data?.length === 0 && (
            <EmptyState title={t("none")} icon="batch">
              {t("none.hint")}
            </EmptyState>
          )}
          {batches.data?.map((batch) => (
            <BatchCard key={batch.id} batch={batch} />
          ))}
        </div>
      </div>
    </>
  );
}

function NewBatch() {
  const t = useWords(words);
  const c = useWords(common);
  const w = useWords(workWords);
  const language = useLanguage();
  const queries = useQueryClient();
  const [wish, setWish] = useState(EMPTY);
  const key = useRef(uniqueKey());
  const plan = useMutation({ mutationFn: planBatch });
  const create = useMutation({
    mutationFn: (form: FormData) => createBatch(form, key.current),
    onSuccess: () => {
      key.current = uniqueKey();
      plan.reset();
      setWish(EMPTY);
      void queries.invalidateQueries({ queryKey: ["batches"] });
    },
  });
  const change = (next: Partial<BatchWish>): void => {
    setWish((now) => ({ ...now, ...next }));
    // The price was that of something else.
    plan.reset();
    key.current = uniqueKey();
  };
  const bring = (files: readonly File[]): void => {
    const { media, table } = sorted(files);
    change({ files: [...wish.files, ...media], table: table ?? wish.table });
  };
  const sample = async (): Promise<void> => {
    const first = await drawSamplePicture();
    const second = new File([first], "still-life-2.png", { type: first.type });
    change({ files: [first, second], prompt: t("sample.prompt") });
  };
  const form = formOf(wish);
  const count = wish.files.length;
  const isBadBudget = wish.budget.trim() !== "" && !isAmount(wish.budget);
  const isOver =
    plan.data !== undefined &&
    isAmount(wish.budget) &&
    plan.data.price.high > Number(wish.budget) * 1_000_000;
  return (
    <Card title={t("new")}>
      <div className="flex flex-col gap-4">
        <Place onFiles={bring} />
        <p role="status" className="text-sm empty:hidden">
          {(count > 0 || wish.table !== null) && t("files", { count })}{" "}
          {wish.table !== null && t("table", { name: wish.table.name })}
          {(count > 0 || wish.table !== null) && (
            <Button look="quiet" onClick={() => change({ files: [], table: null })}>
              {c("remove")}
            </Button>
          )}
        </p>
        {count === 0 && wish.table === null && (
          <div className="flex flex-wrap items-center gap-3">
            <Button onClick={() => void sample()}>{w("sample")}</Button>
            <p className="text-sm text-muted">{w("sample.note")}</p>
          </div>
        )}
        <TextArea
          label={t("prompt")}
          help={t("prompt.help")}
          maxLength={2000}
          value={wish.prompt}
          onChange={({ target }) => change({ prompt: target.value })}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label={t("name")}
            maxLength={200}
            value={wish.name}
            onChange={({ target }) => change({ name: target.value })}
          />
          <TextField
            label={t("budget")}
            help={t("budget.help")}
            error={isBadBudget ? t("budget.wrong") : undefined}
            inputMode="decimal"
            value={wish.budget}
            onChange={({ target }) => change({ budget: target.value.replace(",", ".") })}
          />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            disabled={form === null || isBadBudget || plan.isPending}
            onClick={() => form && plan.mutate(form)}
          >
            {plan.isPending ? w("plan.reading") : t("plan")}
          </Button>
          <Button
            look="primary"
            disabled={form === null || isBadBudget || plan.data === undefined || create.isPending}
            onClick={() => form && create.mutate(form)}
          >
            {plan.data === undefined
              ? w("run")
              : w("run.price", { price: formatPrice(plan.data.price, language, c("free")) })}
          </Button>
        </div>
        <div aria-live="polite">
          {plan.data && (
            <p className="text-sm">
              {t("plan.total", { count: plan.data.total })}{" "}
              {plan.data.problems > 0 && t("plan.problems", { count: plan.data.problems })}
            </p>
          )}
          {isOver && <p className="text-sm text-warn">{t("budget.over")}</p>}
          <ul className="list-disc pl-5 text-sm text-bad">
            {plan.data?.items.flatMap(({ number, name, error }) =>
              error === null
                ? []
                : [<li key={number}>{`${name}: ${String((error as Record<string, unknown>).message)}`}</li>],
            )}
          </ul>
        </div>
        {plan.isError && <ProblemNote error={plan.error} onRetry={() => form && plan.mutate(form)} />}
        {create.isError && <ProblemNote error={create.error} onRetry={() => form && create.mutate(form)} />}
      </div>
    </Card>
  );
}

function Place({ onFiles }: { onFiles: (files: File[]) => void }) {
  const t = useWords(words);
  const input = useRef<HTMLInputElement>(null);
  // A file that misses its place would otherwise replace the page.
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => event.preventDefault());
  useWindowEvent("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <>
      <button
        type="button"
        onDrop={drop}
        onClick={() => input.current?.click()}
        className="flex min-h-28 flex-col items-center justify-center gap-1 rounded-lg border border-dashed border-edge px-3 py-4 hover:bg-sunk"
      >
        <Icon name="upload" className="size-6 text-accent" />
        <span className="text-sm font-medium">{t("pick")}</span>
        <span className="text-xs text-muted">{t("pick.hint")}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept="image/*,video/*,.csv"
        aria-label={t("pick")}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </>
  );
}
