import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { ButtonAnchor } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, Details, Loading } from "@/ui/Surface";
import { words } from "./words";

export interface Column<Row> {
  name: string;
  value: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  figure?: boolean;
}

/** One question: its chart, the same as a table and as a CSV file, and what is said when there is nothing. */
export function ChartCard<Row>({
  title,
  lead,
  query,
  csv,
  columns,
  controls,
  children,
}: {
  title: string;
  lead: string;
  query: UseQueryResult<readonly Row[]>;
  csv: string;
  columns: readonly Column<Row>[];
  /** Shown above the chart, whether there are rows or not. */
  controls?: ReactNode;
  children: (rows: readonly Row[]) => ReactNode;
}) {
  const t = useWords(words);
  const c = useWords(common);
  const rows = query.data;
  return (
    <Card
      title={title}
      action={
        <ButtonAnchor look="quiet" href={csv} download aria-label={t("csv.of", { title })}>
          <Icon name="download" className="size-4" />
          CSV
        </ButtonAnchor>
      }
    >
      <p className="mb-3 text-sm text-muted">{lead}</p>
      {controls !== undefined && <div className="mb-3">{controls}</div>}
      {query.isPending && <Loading label={c("loading")} />}
      {query.isError && (
        <ProblemNote error={query.error} announce={false} onRetry={() => void query.refetch()} />
      )}
      {rows?.length === 0 && <p className="text-sm text-muted">{t("nothing")}</p>}
      {rows !== undefined && rows.length > 0 && (
        <>
          {children(rows)}
          <div className="mt-3">
            <Details summary={t("table")}>
              <RowsTable caption={title} columns={columns} rows={rows} />
            </Details>
          </div>
        </>
      )}
    </Card>
  );
}

export function RowsTable<Row>({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}) {
  return (
    // A wide table scrolls by itself, with the keyboard too.
    <div
      className="max-h-96 overflow-auto rounded-lg border border-line"
      role="region"
      aria-label={caption}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className="w-full text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-sunk">
          <tr>
            {columns.map(({ name, figure }) => (
              <th key={name} scope="col" className={`px-3 py-2 font-medium ${figure ? "text-right" : ""}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // Rows have no name of their own, and never change places while they are shown.
            <tr key={at} className="border-t border-line">
              {columns.map(({ name, value, figure }) => (
                <td key={name} className={`px-3 py-1.5 ${figure ? "text-right tabular-nums" : ""}`}>
                  {value(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
