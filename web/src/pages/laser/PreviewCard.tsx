import { useState } from "react";
import { useLanguage, useWords } from "@/i18n";
import { formatSeconds, humanise } from "@/lib/format";
import { thumbnailUrl } from "@/api/assets";
import { Segmented } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, EmptyState, Loading } from "@/ui/Surface";
import type { SlotFile } from "@/ui/work/Slot";
import type { Preview, usePreview } from "./api";
import { readToolpath } from "./toolpath";
import { ToolpathView } from "./ToolpathView";
import { words } from "./words";

type Look = "burnt" | "way" | "before";

/** What would be burnt, before anything is: the material, the way of the head, the time, and what to heed. */
export function PreviewCard({
  preview,
  file,
  isMadeFirst,
}: {
  preview: ReturnType<typeof usePreview>;
  file: SlotFile | null;
  /** The job makes its picture itself: there is nothing to show before. */
  isMadeFirst: boolean;
}) {
  const t = useWords(words);
  const [look, setLook] = useState<Look>("burnt");
  const { data } = preview;
  const looks: Look[] = file === null ? ["burnt", "way"] : ["burnt", "way", "before"];
  return (
    <Card
      title={t("preview")}
      action={
        <span role="status" className="text-sm text-muted">
          {preview.isFetching && !preview.isLoading ? t("preview.drawing") : ""}
        </span>
      }
    >
      {preview.isError && (
        <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} announce={false} />
      )}
      {preview.isLoading && <Loading label={t("preview.drawing")} />}
      {data === undefined && !preview.isError && !preview.isLoading && (
        <EmptyState title={t(isMadeFirst ? "preview.later" : "preview.none")} icon="laser">
          {t(isMadeFirst ? "preview.later.hint" : "preview.none.hint")}
        </EmptyState>
      )}
      {data !== undefined && !preview.isError && (
        <div className={`flex flex-col gap-4 ${preview.isPlaceholderData ? "opacity-60" : ""}`}>
          <Segmented
            label={t("look")}
            hideLabel
            value={look}
            choices={looks.map((value) => ({ value, label: t(`look.${value}`) }))}
            onChange={setLook}
          />
          <Shown look={look} data={data} file={file} />
          <Figures report={data.report} />
          <Heed report={data.report} />
        </div>
      )}
    </Card>
  );
}

function Shown({ look, data, file }: { look: Look; data: Preview; file: SlotFile | null }) {
  const t = useWords(words);
  const way = readToolpath(data.toolpath);
  if (look === "way") {
    const seconds = figure(data.report, "seconds_estimated");
    return way === null ? (
      <p className="text-sm text-muted">{t("way.none")}</p>
    ) : (
      <ToolpathView way={way} seconds={seconds} />
    );
  }
  const before = look === "before" && file !== null;
  return (
    <img
      src={before ? thumbnailUrl(file.id, 1024) : `data:image/png;base64,${data.preview_png}`}
      alt={before ? file.name : t("look.alt")}
      className="squares mx-auto max-h-[60vh] w-full rounded-lg border border-line object-contain"
    />
  );
}

function figure(report: Record<string, unknown>, name: string): number | null {
  const value = report[name];
  return typeof value === "number" ? value : null;
}

function Figures({ report }: { report: Record<string, unknown> }) {
  const t = useWords(words);
  const language = useLanguage();
  const seconds = figure(report, "seconds_estimated");
  const mm = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const [width, height] = [figure(report, "width_mm"), figure(report, "height_mm")];
  const cut = figure(report, "cut_mm");
  const rows: [string, string][] = [
    ...(typeof report.process === "string"
      ? [[t("figure.process"), t(`process.${report.process}` as "process.auto")] as [string, string]]
      : []),
    ...(seconds === null ? [] : [[t("figure.time"), formatSeconds(seconds, language)] as [string, string]]),
    ...(width === null || height === null
      ? []
      : [[t("figure.size"), `${mm.format(width)} × ${mm.format(height)} mm`] as [string, string]]),
    ...(cut === null || cut === 0 ? [] : [[t("figure.cut"), `${mm.format(cut)} mm`] as [string, string]]),
    ...(figure(report, "power") === null
      ? []
      : [[t("figure.power"), `${mm.format(figure(report, "power") ?? 0)} %`] as [string, string]]),
    ...(figure(report, "speed") === null
      ? []
      : [[t("figure.speed"), `${mm.format(figure(report, "speed") ?? 0)} mm/min`] as [string, string]]),
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-sm sm:grid-cols-3">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt className="text-muted">{name}</dt>
          <dd className="font-medium tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Finding {
  what: string;
  do: string;
  stops: boolean;
}

/** What must be heeded before it is run: what would ruin the piece first. */
function Heed({ report }: { report: Record<string, unknown> }) {
  const t = useWords(words);
  const readiness = (report.readiness ?? {}) as { state?: string; findings?: Finding[] };
  const findings = [...(readiness.findings ?? [])].sort((a, b) => Number(b.stops) - Number(a.stops));
  const told = Array.isArray(report.warnings) ? report.warnings.map(String) : [];
  const reasons = Array.isArray(report.process_reasons) ? report.process_reasons.map(String) : [];
  const tone = findings.some(({ stops }) => stops) ? "bad" : findings.length > 0 ? "warn" : "good";
  return (
    <div aria-live="polite" className="flex flex-col gap-2 text-sm">
      {readiness.state !== undefined && (
        <p>
          <Badge tone={tone}>
            {t(`ready.${readiness.state}` as "ready.ready") || humanise(readiness.state)}
          </Badge>
        </p>
      )}
      {reasons.length > 0 && <p className="text-muted">{reasons.join(" ")}</p>}
      <ul className="flex flex-col gap-1.5">
        {findings.map((finding, at) => (
          <li key={at} className="flex items-start gap-2">
            <Icon name="warning" className={`mt-0.5 size-4 ${finding.stops ? "text-bad" : "text-warn"}`} />
            <span>
              {finding.what} <span className="text-muted">{finding.do}</span>
            </span>
          </li>
        ))}
        {told.map((text) => (
          <li key={text} className="flex items-start gap-2 text-muted">
            <Icon name="info" className="mt-0.5 size-4" />
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
