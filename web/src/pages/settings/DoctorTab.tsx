import { useQuery } from "@tanstack/react-query";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { humanise } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, Loading } from "@/ui/Surface";
import { doctorQuery } from "./api";
import { words } from "./words";

const STATES = {
  ok: { icon: "check", tone: "good", word: "doctor.ok" },
  note: { icon: "info", tone: "warn", word: "doctor.note" },
  broken: { icon: "warning", tone: "bad", word: "doctor.bad" },
} as const;

/** Whether the installation works, and how its switches stand; for administrators. */
export function DoctorTab() {
  const t = useWords(words);
  const c = useWords(common);
  const found = useQuery(doctorQuery);
  if (found.isPending) return <Loading label={c("loading")} />;
  if (found.isError) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  const { checks, switches, healthy } = found.data;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
      <Card title={t(healthy ? "doctor.healthy" : "doctor.broken")}>
        <p className="mb-3 text-sm text-muted">{t("doctor.lead")}</p>
        <ul className="flex flex-col divide-y divide-line">
          {checks.map((check) => (
            <li key={check.name} className="flex items-start gap-3 py-2.5 text-sm">
              <Icon
                name={STATES[check.state].icon}
                className={`mt-0.5 size-5 ${check.state === "ok" ? "text-good" : check.state === "note" ? "text-muted" : "text-bad"}`}
              />
              <div className="min-w-0 flex-1">
                <p className="font-medium">{humanise(check.name)}</p>
                <p>{check.detail}</p>
                {check.hint !== "" && <p className="text-muted">{check.hint}</p>}
              </div>
              <Badge tone={STATES[check.state].tone}>{t(STATES[check.state].word)}</Badge>
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("doctor.switches")}>
        <p className="mb-3 text-sm text-muted">{t("doctor.switches.lead")}</p>
        <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 text-sm">
          {Object.entries(switches).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="min-w-0 break-words">{humanise(name)}</dt>
              <dd className="text-right text-muted">
                {typeof value === "boolean" ? t(value ? "doctor.on" : "doctor.off") : value}
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </div>
  );
}
