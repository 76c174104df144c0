import type { ReactNode } from "react";
import type { Model } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { formatSeconds, formatUsd, humanise } from "@/lib/format";
import type { Measured, Order } from "./measured";
import { StateBadge } from "./StateBadge";
import { words } from "./words";

/** The catalogue as a table; on a phone each row becomes a card, with the names of the columns before the values. */
export function ModelTable({
  models,
  measured,
  order,
  onOrder,
  onOpen,
}: {
  models: readonly Model[];
  measured: ReadonlyMap<string, Measured>;
  order: Order;
  onOrder: (order: Order) => void;
  onOpen: (id: string) => void;
}) {
  const t = useWords(words);
  const columns: { name: string; order?: Order; figure?: boolean }[] = [
    { name: t("col.model"), order: "title" },
    { name: t("col.state") },
    { name: t("col.does") },
    { name: t("col.price") },
    { name: t("col.quality"), order: "quality", figure: true },
    { name: t("col.time"), order: "time", figure: true },
    { name: t("col.cost"), order: "cost", figure: true },
    { name: t("col.ends"), order: "ends" },
    { name: t("col.licence") },
  ];
  return (
    <table className="block w-full text-left text-sm lg:table">
      <caption className="sr-only">{t("title")}</caption>
      <thead className="sr-only lg:not-sr-only lg:table-header-group">
        <tr className="lg:border-b lg:border-edge">
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              aria-sort={
                column.order === undefined ? undefined : column.order === order ? "ascending" : "none"
              }
              className={`px-2 py-1 font-medium ${column.figure ? "text-right" : ""}`}
            >
              {column.order === undefined ? (
                column.name
              ) : (
                <>
                  <span className="lg:hidden">{column.name}</span>
                  <button
                    type="button"
                    className="hidden min-h-10 font-medium underline-offset-4 hover:underline lg:inline-block"
                    onClick={() => column.order && onOrder(column.order)}
                  >
                    {column.name}
                    <span aria-hidden="true">{column.order === order ? " ↓" : ""}</span>
                  </button>
                </>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block lg:table-row-group">
        {models.map((model) => (
          <ModelRow
            key={model.id}
            model={model}
            measured={measured.get(model.id)}
            names={columns.map((column) => column.name)}
            onOpen={onOpen}
          />
        ))}
      </tbody>
    </table>
  );
}

function ModelRow({
  model,
  measured,
  names,
  onOpen,
}: {
  model: Model;
  measured: Measured | undefined;
  names: readonly string[];
  onOpen: (id: string) => void;
}) {
  const t = useWords(words);
  const language = useLanguage();
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const acceptance = measured?.acceptance ?? null;
  const cells: ReactNode[] = [
    <>
      <button
        type="button"
        className="min-h-10 text-left font-medium text-accent underline-offset-4 hover:underline"
        onClick={() => onOpen(model.id)}
      >
        {model.title}
      </button>
      <span className="block font-mono text-xs break-all text-muted">{model.id}</span>
    </>,
    <StateBadge model={model} />,
    model.operations.map(humanise).join(", "),
    model.price,
    acceptance === null
      ? number.format(model.quality)
      : t("quality.both", {
          stated: number.format(model.quality),
          measured: new Intl.NumberFormat(language, { style: "percent" }).format(acceptance),
        }),
    measured?.seconds == null ? "–" : formatSeconds(measured.seconds, language),
    measured?.cost == null ? "–" : formatUsd(Math.round(measured.cost), language),
    model.ends === null
      ? "–"
      : new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(model.ends)),
    model.licence || "–",
  ];
  return (
    <tr className="mb-3 block rounded-card border border-line bg-surface p-3 lg:mb-0 lg:table-row lg:border-0 lg:border-b lg:bg-transparent">
      {cells.map((cell, at) => (
        <td
          key={names[at]}
          className={`flex gap-2 py-0.5 lg:table-cell lg:px-2 lg:py-2 lg:align-top ${at >= 4 && at <= 6 ? "lg:text-right lg:tabular-nums" : ""}`}
        >
          {at > 0 && (
            <span aria-hidden="true" className="w-28 shrink-0 text-muted lg:hidden">
              {names[at]}
            </span>
          )}
          <span className="min-w-0">{cell}</span>
        </td>
      ))}
    </tr>
  );
}
