import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import { TextField } from "@/ui/Field";
import { createBoard, removeBoard, renameBoard, type Board } from "./api";
import { words } from "./words";

export type BoardTask = { what: "new" } | { what: "rename" | "remove"; board: Board };

/** Make, rename or remove a board. */
export function BoardDialog({
  task,
  onDone,
  onClose,
}: {
  task: BoardTask | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const t = useWords(words);
  const c = useWords(common);
  return (
    <Dialog
      open={task !== null}
      title={task === null ? "" : t(`board.${task.what}`)}
      closeLabel={c("close")}
      onClose={onClose}
    >
      {task !== null && <BoardForm task={task} onDone={onDone} onClose={onClose} />}
    </Dialog>
  );
}

function BoardForm({ task, onDone, onClose }: { task: BoardTask; onDone: () => void; onClose: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const [name, setName] = useState(task.what === "rename" ? task.board.name : "");
  const save = useMutation({
    mutationFn: async (): Promise<void> => {
      if (task.what === "new") await createBoard(name);
      else if (task.what === "rename") await renameBoard(task.board.id, name);
      else await removeBoard(task.board.id);
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["boards"] });
      onDone();
    },
  });
  return (
    <DialogForm
      sending={save.isPending}
      error={save.error}
      ready={task.what === "remove" || name.trim() !== ""}
      danger={task.what === "remove"}
      {...(task.what === "remove" && { sendLabel: c("remove") })}
      onSend={() => save.mutate()}
      onCancel={onClose}
    >
      {task.what === "remove" ? (
        <p>{t("board.remove.sure", { board: task.board.name })}</p>
      ) : (
        <TextField
          label={t("board.name")}
          value={name}
          maxLength={100}
          required
          // A dialog with one field is there for that field.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          onChange={({ target }) => setName(target.value)}
        />
      )}
    </DialogForm>
  );
}
