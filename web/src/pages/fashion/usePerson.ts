// The picture of the person. Unless it is kept, the server removes it as soon as its work is done.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { uploadFiles } from "@/api/assets";
import { api, ask } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { useStore } from "@/lib/store";
import { slotFileOf, type SlotFile } from "@/ui/work/Slot";
import { copyOf } from "@/ui/work/local-copies";
import { slotsStore } from "./slots";

const LOOK_AGAIN_MILLISECONDS = 5_000;

export interface Person {
  /** What is shown in the slot: what is stored, or what this page still has of it. */
  shown: SlotFile | null;
  /** What can be worked with: null while there is none at the server. */
  stored: SlotFile | null;
  isGone: boolean;
  /** Store it again from the copy of this page; null without one. */
  storeAgain: (() => void) | null;
  error: Error | null;
  set: (file: SlotFile | null) => void;
}

export function usePerson(): Person {
  const queries = useQueryClient();
  const [{ person }, setSlots] = useStore(slotsStore);
  const key = ["assets", "stored", person?.id];
  const known = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      try {
        await ask(
          api.GET("/api/v1/assets/{asset_id}", { params: { path: { asset_id: person?.id ?? "" } }, signal }),
        );
        return true;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return false;
        throw error;
      }
    },
    enabled: person !== null,
    refetchInterval: ({ state }) => (state.data === false ? false : LOOK_AGAIN_MILLISECONDS),
  });
  const set = (file: SlotFile | null): void => {
    if (file !== null) queries.setQueryData(["assets", "stored", file.id], true);
    setSlots((now) => ({ ...now, person: file }));
  };
  const copy = person === null ? null : copyOf(person.id);
  const again = useMutation({
    mutationFn: (file: File) => uploadFiles([file]),
    onSuccess: ([asset]) => {
      if (asset !== undefined) set(slotFileOf(asset));
    },
  });
  const isGone = person !== null && known.data === false;
  return {
    shown: isGone && copy === null ? null : person,
    stored: isGone ? null : person,
    isGone,
    storeAgain: copy === null || again.isPending ? null : () => again.mutate(copy.file),
    error: again.error,
    set,
  };
}
