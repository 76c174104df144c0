import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { bodyOfRequest } from "@/api/body-of-request";
import { assetQuery, retryJob, workflowsQuery } from "@/api/queries";
import { isFinal, type Job, type SubmitBody } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { changeDraft, startFrom } from "@/lib/draft";
import { showToast } from "@/lib/toasts";
import { pictureOf } from "@/lib/uploads";
import { Button, ButtonAnchor } from "@/ui/Button";
import { contentUrl } from "@/api/assets";
import { Icon } from "@/ui/Icon";
import { Menu, type MenuItem } from "@/ui/Menu";
import { Dialog } from "@/ui/Dialog";
import { ProblemNote } from "@/ui/ProblemNote";
import { useSubmit } from "@/ui/work/useSubmit";
import { asCommand, asCurl, asPython } from "./copy-as";
import { words } from "./words";

const MOST_MODELS = 6;

/** What can be done with a job: again, on with its result, elsewhere. */
export function JobActions({ job }: { job: Job }) {
  const t = useWords(words);
  const c = useWords(common);
  const again = useAgain(job);
  const first = useQuery({ ...assetQuery(job.result?.outputs[0] ?? ""), enabled: job.result !== null }).data;
  const navigate = useNavigate();
  const asInput = (): void => {
    if (first === undefined) return;
    startFrom(pictureOf(first, "working"));
    showToast(t("use.done"), { tone: "good" });
    void navigate("/");
  };
  const usable = first?.media.media_type.startsWith("image/") === true && first.media.width !== null;
  return (
    <div className="flex flex-wrap gap-2">
      {first && (
        <ButtonAnchor look="primary" href={contentUrl(first.id, { download: true })} download>
          <Icon name="download" className="size-4" />
          {t("download")}
        </ButtonAnchor>
      )}
      {isFinal(job.state) && (
        <Menu items={again.items}>
          <Icon name="retry" className="size-4" />
          {t("again")}
        </Menu>
      )}
      {usable && <Button onClick={asInput}>{t("use")}</Button>}
      <CopyMenu job={job} />
      <Dialog open={again.error !== null} title={t("again")} closeLabel={c("close")} onClose={again.forget}>
        {again.error !== null && <ProblemNote error={again.error} />}
      </Dialog>
    </div>
  );
}

/** Ways to run it again, each a new job. */
function useAgain(job: Job): { items: MenuItem[]; error: Error | null; forget: () => void } {
  const t = useWords(words);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const workflows = useQuery(workflowsQuery).data ?? [];
  const show = (made: Job): void => void navigate(`/jobs/${made.id}`);
  const submit = useSubmit(show);
  const retry = useMutation({
    mutationFn: () => retryJob(job.id),
    onSuccess: (made) => {
      queries.setQueryData(["jobs", made.id], made);
      void queries.invalidateQueries({ queryKey: ["jobs", "recent"] });
      show(made);
    },
  });
  const isSending = submit.isPending || retry.isPending;
  const properties = workflows.find(({ name }) => name === job.plan.workflow)?.options.properties;
  const hasSeed = typeof properties === "object" && properties !== null && "seed" in properties;
  const used = job.result?.model_id ?? job.plan.candidates[0]?.model_id;
  const others = job.plan.candidates.filter((candidate) => candidate.model_id !== used).slice(0, MOST_MODELS);
  const anew = (change: Partial<SubmitBody>): void =>
    submit.mutate(bodyOfRequest(job.request, { ...change, fresh: true }));
  const edit = (): void => {
    const { request } = job;
    changeDraft({
      mode: request.workflow === null ? "ai" : "classic",
      prompt: request.prompt,
      workflow: null,
      classicWorkflow: request.workflow,
      options: request.options,
      model: request.model,
      preference: request.preference,
      stayLocal: request.stay_local,
      pictures: request.inputs.map(({ role, asset_id }) => ({
        role,
        assetId: asset_id,
        name: role,
        mediaType: role === "clip" ? "video/mp4" : "image/png",
      })),
    });
    void navigate("/");
  };
  const items: MenuItem[] = [
    { label: t("again.same"), act: () => retry.mutate(), disabled: isSending },
    ...(hasSeed
      ? [
          {
            label: t("again.seed"),
            act: () => anew({ options: { ...job.request.options, seed: newSeed() } }),
          },
        ]
      : []),
    ...others.map(({ model_id }) => ({
      label: t("again.model", { model: model_id }),
      act: () => anew({ model: model_id }),
    })),
    { label: t("again.edit"), act: edit },
  ];
  const forget = (): void => {
    submit.reset();
    retry.reset();
  };
  return { items, error: submit.error ?? retry.error, forget };
}

/** 32 bits, as every engine takes them. */
function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

function CopyMenu({ job }: { job: Job }) {
  const t = useWords(words);
  const c = useWords(common);
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      showToast(c("copied"), { tone: "good" });
    } catch {
      showToast(t("copy.failed"), { tone: "bad" });
    }
  };
  const items: MenuItem[] = [
    { label: "curl", act: () => void copy(asCurl(job.request, location.origin)) },
    { label: "Python", act: () => void copy(asPython(job.request)) },
    { label: "bottega run", act: () => void copy(asCommand(job.request)) },
    { label: t("copy.id"), act: () => void copy(job.id) },
  ];
  return (
    <Menu items={items}>
      <Icon name="copy" className="size-4" />
      {t("copy")}
    </Menu>
  );
}
