import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { PageHead } from "@/ui/Surface";
import { Tabs } from "@/ui/Tabs";
import { Looks } from "./Looks";
import { SearchTab } from "./SearchTab";
import { SizeTab } from "./SizeTab";
import { StyleTab } from "./StyleTab";
import { TryOn } from "./TryOn";
import { WardrobeTab } from "./WardrobeTab";
import { words } from "./words";

const ROOMS = {
  tryon: TryOn,
  style: StyleTab,
  size: SizeTab,
  looks: Looks,
  search: SearchTab,
  wardrobe: WardrobeTab,
};
type Room = keyof typeof ROOMS;

/** The fitting room. */
export default function FashionPage() {
  const t = useWords(words);
  const c = useWords(common);
  useTitle(c("nav.fashion"));
  const [room, setRoom] = useState<Room>("tryon");
  const Shown = ROOMS[room];
  return (
    <>
      <PageHead title={t("heading")}>{t("lead")}</PageHead>
      <Tabs
        label={t("rooms")}
        tabs={(Object.keys(ROOMS) as Room[]).map((value) => ({ value, label: t(`room.${value}`) }))}
        value={room}
        onChange={setRoom}
      >
        <Shown />
      </Tabs>
    </>
  );
}
