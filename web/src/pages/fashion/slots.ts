// The pictures of the fitting room, kept in this browser.
import { createKeptStore } from "@/lib/store";
import { readSlotFile, type SlotFile } from "@/ui/work/Slot";

export interface Slots {
  person: SlotFile | null;
  garment: SlotFile | null;
}

export const slotsStore = createKeptStore<Slots>("bottega.fashion", (found) => {
  const fields = typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  return { person: readSlotFile(fields.person), garment: readSlotFile(fields.garment) };
});
