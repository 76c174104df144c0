import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import type { LatencyRow, VerdictRow } from "@/api/insights";
import type { Model } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";
import { changeDraft } from "@/lib/draft";
import { formatSeconds, formatUsd, humanise } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Badge } from "@/ui/Surface";
import type { Measured } from "./measured";
import { StateBadge } from "./StateBadge";
import { words } from "./words";

/** Everything that is known of a model. */
export function ModelDialog({
  model,
  measured,
  verdicts,
  latency,
  onClose,
}: {
  model: Model | undefined;
  measured: Measured | undefined;
  verdicts: readonly VerdictRow[];
  latency: readonly LatencyRow[];
  onClose: () => void;
}) {
  const c = useWords(common);
  return (
    <Dialog
      open={model !== undefined}
      title={model?.title ?? ""}
      closeLabel={c("close")}
      onClose={onClose}
      wide
    >
      {model !== undefined && (
        <div className="flex flex-col gap-5">
          <Facts model={model} />
          <MeasuredTable measured={measured} verdicts={verdicts} latency={latency} />
          <UseModel model={model} />
        </div>
      )}
    </Dialog>
  );
}

function Facts({ model }: { model: Model }) {
  const t = useWords(words);
  const facts: [string, ReactNode][] = [
    [t("fact.id"), <code className="font-mono text-xs break-all">{model.id}</code>],
    [t("col.state"), <StateBadge model={model} />],
    [t("filter.engine"), model.engine],
    [t("col.does"), model.operations.map(humanise).join(", ")],
    [t("fact.features"), model.features.map(humanise).join(", ")],
    [t("col.price"), model.price],
    [t("fact.source"), [model.price_source, model.price_as_of].filter(Boolean).join(", ")],
    [t("fact.stated"), String(model.quality)],
    [t("col.licence"), model.licence],
    [t("fact.status"), model.status],
    [t("col.ends"), model.ends],
    [t("fact.replacement"), model.replacement],
    [t("fact.reason"), [model.reason, model.hint].filter(Boolean).join(" ")],
  ];
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[10rem_1fr]">
      {facts
        .filter(([, value]) => value !== "" && value !== null)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function MeasuredTable({
  measured,
  verdicts,
  latency,
}: {
  measured: Measured | undefined;
  verdicts: readonly VerdictRow[];
  latency: readonly LatencyRow[];
}) {
  const t = useWords(words);
  const language = useLanguage();
  const names = useOptionNames();
  if (measured === undefined) return <p className="text-sm text-muted">{t("measured.none")}</p>;
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const seconds = (value: number | undefined): string =>
    value === undefined ? "–" : formatSeconds(value, language);
  return (
    <section aria-labelledby="measured">
      <h3 id="measured" className="mb-2 text-lg">
        {t("measured")}
      </h3>
      <div className="overflow-x-auto">
        <table className="w-full text-left text-sm">
          <thead className="text-muted">
            <tr>
              {[t("col.workflow"), t("col.attempts"), t("col.accepted"), "p50", "p95", t("col.cost")].map(
                (name) => (
                  <th key={name} scope="col" className="py-1 pr-4 font-medium">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {verdicts.map((row) => {
              const time = latency.find((each) => each.workflow === row.workflow);
              return (
                <tr key={row.workflow} className="border-t border-line">
                  <th scope="row" className="py-1 pr-4 font-normal">
                    {names.workflow(row.workflow)}
                  </th>
                  <td className="pr-4 tabular-nums">{row.attempts}</td>
                  <td className="pr-4 tabular-nums">
                    {row.acceptance === null ? "–" : percent.format(row.acceptance)}
                  </td>
                  <td className="pr-4 tabular-nums">{seconds(time?.p50)}</td>
                  <td className="pr-4 tabular-nums">{seconds(time?.p95)}</td>
                  <td className="tabular-nums">{formatUsd(row.cost, language)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function UseModel({ model }: { model: Model }) {
  const t = useWords(words);
  const navigate = useNavigate();
  if (!model.usable) return <Badge>{t("state.not")}</Badge>;
  return (
    <Button
      look="primary"
      className="w-fit"
      onClick={() => {
        changeDraft({ model: model.id });
        void navigate("/");
      }}
    >
      {t("use")}
    </Button>
  );
}
