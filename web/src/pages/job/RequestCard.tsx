import { Link } from "react-router";
import { lastingInputs } from "@/api/lasting-inputs";
import { isFinal, type Job } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";
import { Card, Details } from "@/ui/Surface";
import { Thumbnail } from "@/ui/Thumbnail";
import { ReportTable } from "./ReportTable";
import { words } from "./words";

/** What was asked for, and how it was read. */
export function RequestCard({ job }: { job: Job }) {
  const t = useWords(words);
  const c = useWords(common);
  const names = useOptionNames();
  const there = isFinal(job.state) ? lastingInputs(job) : job.request.inputs;
  return (
    <Card title={t("request")}>
      <p className="text-sm">{job.request.prompt || t("untitled")}</p>
      <p className="mt-1 text-sm text-muted">
        {names.workflow(job.plan.workflow)} · {c(`preference.${job.request.preference}`)}
      </p>
      {job.request.inputs.length > 0 && (
        <ul className="mt-3 flex flex-wrap gap-2">
          {job.request.inputs.map((input) => (
            <li key={`${input.role}.${input.asset_id}`} className="w-20 text-center text-xs text-muted">
              <Thumbnail id={there.includes(input) ? input.asset_id : null} className="size-20 rounded" />
              {c(`role.${input.role}`)}
            </li>
          ))}
        </ul>
      )}
      <div className="mt-2">
        <Details summary={c("more")}>
          <ReportTable value={job.plan.options} />
          <p className="mt-2 text-sm text-muted">{job.intent.reasoning}</p>
          <Link to={`/jobs/${job.id}`} className="font-mono text-xs break-all text-muted">
            {job.id}
          </Link>
        </Details>
      </div>
    </Card>
  );
}
